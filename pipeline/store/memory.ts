import {
  type AnswerTo,
  type Claim,
  type ClaimAnswer,
  type Command,
  type CommandType,
  type Resolve,
  type ResolveAnswer,
  type Settle,
  type SettleAnswer,
  type StartSending,
  type StartSendingAnswer,
} from './command';
import { StoreUnavailableError } from './errors';
import { type IntentKey, type IntentRecord, isFinished, keyText } from './record';
import { type IntentCounts, type IntentStore, type Sweep, type SweepReport } from './store';
import { sweepRecords } from './sweep';
import { tally } from './tally';
import { transition } from './transition';

export interface MemoryStoreOptions {
  /**
   * At most this many records (about 1 KB each). When it is reached the oldest finished record makes room; when none is
   * finished, claims of new intents are refused with reason `full`. Default 100,000.
   */
  readonly maxRecords?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** Intents in this process's memory: lost at restart, known to no other process. It never waits, so never times out. */
export class MemoryStore implements IntentStore {
  readonly kind = 'memory';
  readonly #maxRecords: number;
  readonly #now: () => number;
  readonly #records = new Map<string, IntentRecord>();
  /** The keys of finished records, the longest finished first. */
  readonly #finished = new Set<string>();
  #closed = false;

  constructor({ maxRecords = 100_000, now = Date.now }: MemoryStoreOptions = {}) {
    this.#maxRecords = maxRecords;
    this.#now = now;
  }

  claim(claim: Claim): Promise<ClaimAnswer> {
    return this.#whileOpen(() => this.#apply({ type: 'claim', ...claim }));
  }

  startSending(start: StartSending): Promise<StartSendingAnswer> {
    return this.#whileOpen(() => this.#apply({ type: 'startSending', ...start }));
  }

  settle(settle: Settle): Promise<SettleAnswer> {
    return this.#whileOpen(() => this.#apply({ type: 'settle', ...settle }));
  }

  resolve(resolve: Resolve): Promise<ResolveAnswer> {
    return this.#whileOpen(() => this.#apply({ type: 'resolve', ...resolve }));
  }

  get(key: IntentKey): Promise<IntentRecord | undefined> {
    return this.#whileOpen(() => this.#records.get(keyText(key)));
  }

  sweep(sweep: Sweep): Promise<SweepReport> {
    return this.#whileOpen(() => sweepRecords(this.#records.values(), sweep, (command) => this.#apply(command)));
  }

  counts(orgId?: string): Promise<IntentCounts> {
    return this.#whileOpen(() => {
      const records = [...this.#records.values()];
      const counted = orgId === undefined ? records : records.filter(({ key }) => key.orgId === orgId);
      return tally(counted.map(({ state }) => [state, 1]));
    });
  }

  ping(): Promise<void> {
    return this.#whileOpen(() => undefined);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#records.clear();
    this.#finished.clear();
    return Promise.resolve();
  }

  /** What throws inside becomes a rejection, as with stores that work elsewhere. */
  #whileOpen<A>(work: () => A): Promise<A> {
    return new Promise((resolve) => {
      if (this.#closed) throw new StoreUnavailableError('down', 'The store is closed.');
      resolve(work());
    });
  }

  /** Atomic because nothing in it waits. */
  #apply<T extends CommandType>(command: Command<T>): AnswerTo[T] {
    const id = keyText(command.key);
    const before = this.#records.get(id);
    const { record, answer } = transition(before, command, this.#now());
    if (record === undefined) this.#remove(id);
    else if (record !== before) this.#write(id, record);
    return answer;
  }

  #write(id: string, record: IntentRecord): void {
    if (!this.#records.has(id)) this.#makeRoom();
    this.#records.set(id, record);
    this.#finished.delete(id);
    if (isFinished(record)) this.#finished.add(id);
  }

  #makeRoom(): void {
    if (this.#records.size < this.#maxRecords) return;
    const [oldest] = this.#finished;
    if (oldest === undefined) {
      throw new StoreUnavailableError('full', `All ${this.#maxRecords} records of the memory store are in use.`);
    }
    this.#remove(oldest);
  }

  #remove(id: string): void {
    this.#records.delete(id);
    this.#finished.delete(id);
  }
}
