import { extname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type AnswerTo,
  type Claim,
  type ClaimAnswer,
  type Command,
  type CommandType,
  type Reclaim,
  type ReclaimAnswer,
  type Resolve,
  type ResolveAnswer,
  type Settle,
  type SettleAnswer,
  type StartSending,
  type StartSendingAnswer,
} from './command';
import { StoreOpenError } from './errors';
import { positionBefore } from './page';
import { type IntentKey, type IntentRecord } from './record';
import { type IntentFileOptions } from './sqlite-file';
import { type Answered, type DatabaseAnswer, type DatabaseRequest, type OpenReport } from './sqlite-protocol';
import {
  defaultStoreTimeoutMs,
  type IntentCounts,
  type IntentPage,
  type IntentQuery,
  type IntentStore,
  type Sweep,
  type SweepReport,
} from './store';
import { Watchers } from './watchers';
import { WorkerLink } from './worker-link';

export interface SqliteStoreOptions {
  /** Path of the database; directories are made as needed. It must lie on a local disk. */
  readonly file: string;
  /** How long an operation may take, in milliseconds. Default `defaultStoreTimeoutMs`. */
  readonly timeoutMs?: number;
  /** How large the file may grow, in bytes. By default only the disk sets a limit. */
  readonly maxFileBytes?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * How long opening may take: starting a thread, waiting for the lock, reading what a crash left behind, and bringing an
 * old file up to date, which takes ten seconds for half a million records.
 */
const openTimeoutMs = 60_000;

/**
 * Opens, or creates, a store in an SQLite file. Durable: what is answered has reached the disk. The file belongs to
 * this process until the store is closed or the process ends in whatever way.
 *
 * @throws StoreOpenError when the file is in use, unusable, or of a newer version
 */
export async function openSqliteStore({
  file,
  timeoutMs = defaultStoreTimeoutMs,
  maxFileBytes,
  now = Date.now,
}: SqliteStoreOptions): Promise<IntentStore> {
  const path = resolve(file);
  const worker = startWorker({ file: path, ...(maxFileBytes === undefined ? {} : { maxFileBytes }) });
  const report = await firstReport(worker, path);
  if (!report.opened) throw new StoreOpenError(report.code, report.message);
  return new SqliteStore(worker, { timeoutMs, now });
}

class SqliteStore implements IntentStore {
  readonly kind = 'sqlite';
  readonly #link: WorkerLink<DatabaseRequest, Answered>;
  readonly #now: () => number;
  /** No other process writes to the file, so all writes are known here. */
  readonly #watchers = new Watchers();

  constructor(worker: Worker, { timeoutMs, now }: Required<Pick<SqliteStoreOptions, 'timeoutMs' | 'now'>>) {
    const onAnswer = ({ moved }: Answered): void => moved.forEach((key) => this.#watchers.tell(key));
    this.#link = new WorkerLink(worker, { timeoutMs, onAnswer });
    this.#now = now;
  }

  claim(claim: Claim): Promise<ClaimAnswer> {
    return this.#apply({ type: 'claim', ...claim });
  }

  reclaim(reclaim: Reclaim): Promise<ReclaimAnswer> {
    return this.#apply({ type: 'reclaim', ...reclaim });
  }

  startSending(start: StartSending): Promise<StartSendingAnswer> {
    return this.#apply({ type: 'startSending', ...start });
  }

  settle(settle: Settle): Promise<SettleAnswer> {
    return this.#apply({ type: 'settle', ...settle });
  }

  resolve(resolve: Resolve): Promise<ResolveAnswer> {
    return this.#apply({ type: 'resolve', ...resolve });
  }

  get(key: IntentKey): Promise<IntentRecord | undefined> {
    return this.#request({ op: 'get', key });
  }

  sweep(sweep: Sweep): Promise<SweepReport> {
    return this.#request({ op: 'sweep', sweep, nowMs: this.#now() });
  }

  async list(query: IntentQuery): Promise<IntentPage> {
    return this.#request({ op: 'list', query, after: positionBefore(query) });
  }

  async watch(key: IntentKey, onMove: () => void): Promise<() => void> {
    await this.ping();
    return this.#watchers.add(key, onMove);
  }

  redeem(ticket: string, ttlMs: number): Promise<boolean> {
    return this.#request({ op: 'redeem', ticket, expiresMs: Math.ceil(this.#now() + ttlMs) });
  }

  counts(orgId?: string): Promise<IntentCounts> {
    return this.#request({ op: 'counts', orgId });
  }

  ping(): Promise<void> {
    return this.#request({ op: 'ping' });
  }

  async close(): Promise<void> {
    await this.#link.close();
    this.#watchers.clear();
  }

  async #apply<T extends CommandType>(command: Command & { readonly type: T }): Promise<AnswerTo[T]> {
    // The worker answers a command with what `transition` answered, whose type goes with the command's.
    return (await this.#request({ op: 'apply', command, nowMs: this.#now() })) as AnswerTo[T];
  }

  async #request<R extends DatabaseRequest>(request: R): Promise<DatabaseAnswer[R['op']]> {
    // The worker answers each operation with that operation's answer; a thread boundary has no types.
    return (await this.#link.request(request)).answer as DatabaseAnswer[R['op']];
  }
}

/** The worker lies beside this file, compiled or not as this file is; a thread has none of its parent's hooks. */
function startWorker(options: IntentFileOptions): Worker {
  const extension = extname(__filename);
  return new Worker(join(__dirname, `sqlite-worker${extension}`), {
    workerData: options,
    execArgv: extension === '.ts' ? ['-r', require.resolve('ts-node/register')] : [],
  });
}

function firstReport(worker: Worker, path: string): Promise<OpenReport> {
  return new Promise((resolve, reject) => {
    const unusable = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      reject(new StoreOpenError('store_unusable', `The file ${path} could not be opened: ${why}.`, { cause }));
    };
    const timer = setTimeout(() => {
      void worker.terminate();
      unusable(`nothing happened within ${openTimeoutMs} ms`);
    }, openTimeoutMs);
    worker.once('message', (report: OpenReport) => {
      clearTimeout(timer);
      resolve(report);
    });
    worker.once('error', (error: unknown) => unusable('its worker thread failed', error));
    worker.once('exit', () => unusable('its worker thread ended'));
  });
}
