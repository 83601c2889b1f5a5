import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { type AnswerTo, type Command, type CommandType } from './command';
import { StoreOpenError } from './errors';
import { type IntentKey, type IntentRecord, type IntentState, dueAtMs } from './record';
import { isSoundSqlite } from './sqlite-version';
import { type IntentCounts, type Sweep, type SweepReport } from './store';
import { sweepRecords } from './sweep';
import { tally } from './tally';
import { transition } from './transition';

/** The version of the schema below, kept in the file's `user_version`. */
const schemaVersion = 1;

/** How long opening waits for a process that is just letting go of the file. */
const lockWaitMs = 1_000;

/** SQLite's primary result codes that are told apart here (sqlite.org/rescode.html). */
const resultCode = { busy: 5, full: 13 } as const;

export interface IntentDatabaseOptions {
  /** Absolute path; missing directories are made. */
  readonly file: string;
  /** The file refuses to grow past this. Absent: only the disk sets a limit. */
  readonly maxFileBytes?: number;
}

/**
 * Intents in an SQLite file. Everything here blocks the thread it runs in, so it runs in a worker.
 *
 * The file is locked for as long as it is open (`locking_mode=EXCLUSIVE`), by a lock of the operating system that ends
 * with the process however that ends. Such locks have one trap: they are also lost when this same process opens and
 * closes the file by any other way than SQLite, so nothing may ever read it as a plain file.
 */
export class IntentDatabase {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #due: StatementSync;
  readonly #countAll: StatementSync;
  readonly #countOrg: StatementSync;

  /** @throws StoreOpenError */
  constructor(options: IntentDatabaseOptions) {
    const database = openExclusively(options);
    this.#database = database;
    this.#select = database.prepare('SELECT record FROM intents WHERE org_id = ? AND tool = ? AND intent_id = ?');
    this.#upsert = database.prepare(
      `INSERT INTO intents (org_id, tool, intent_id, state, due_ms, record) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, due_ms = excluded.due_ms, record = excluded.record`,
    );
    this.#delete = database.prepare('DELETE FROM intents WHERE org_id = ? AND tool = ? AND intent_id = ?');
    this.#due = database.prepare('SELECT record FROM intents WHERE due_ms <= ? ORDER BY due_ms LIMIT ?');
    this.#countAll = database.prepare('SELECT state, count(*) AS count FROM intents GROUP BY state');
    this.#countOrg = database.prepare('SELECT state, count(*) AS count FROM intents WHERE org_id = ? GROUP BY state');
  }

  /** Does the work in one transaction; when this returns, all of it is on disk. When it throws, none of it is kept. */
  transaction<A>(work: () => A): A {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const answer = work();
      this.#database.exec('COMMIT');
      return answer;
    } catch (error) {
      // Some failures (a full disk) have ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  apply<T extends CommandType>(command: Command<T>, nowMs: number): AnswerTo[T] {
    const before = this.get(command.key);
    const { record, answer } = transition(before, command, nowMs);
    if (record === undefined) this.#delete.run(...columns(command.key));
    else if (record !== before) this.#write(record);
    return answer;
  }

  get(key: IntentKey): IntentRecord | undefined {
    const row = this.#select.get(...columns(key));
    return row && recordOf(row);
  }

  sweep(sweep: Sweep, nowMs: number): SweepReport {
    // One more than the limit, so that the sweep can tell whether anything is left.
    const due = this.#due.all(nowMs, sweep.limit + 1).map(recordOf);
    return sweepRecords(due, sweep, (command) => this.apply(command, nowMs));
  }

  counts(orgId: string | undefined): IntentCounts {
    const rows = orgId === undefined ? this.#countAll.all() : this.#countOrg.all(orgId);
    // Only states of records are ever written to the column.
    return tally(rows.map(({ state, count }) => [state as IntentState, Number(count)]));
  }

  close(): void {
    this.#database.close();
  }

  #write(record: IntentRecord): void {
    const due = dueAtMs(record);
    // A clock may tell fractions of a millisecond; the column holds whole numbers.
    this.#upsert.run(
      ...columns(record.key),
      record.state,
      due === undefined ? null : Math.ceil(due),
      JSON.stringify(record),
    );
  }
}

/** Whether an error says that the disk, or the limit of the file, is reached. */
export function isFull(error: unknown): boolean {
  return resultCodeOf(error) === resultCode.full;
}

function openExclusively({ file, maxFileBytes }: IntentDatabaseOptions): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    database = new DatabaseSync(file, { timeout: lockWaitMs });
    requireSoundSqlite(database);
    lock(database);
    requireOwnSchema(database, file);
    if (maxFileBytes !== undefined) limitSize(database, maxFileBytes);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StoreOpenError ? error : openError(error, file);
  }
}

function requireSoundSqlite(database: DatabaseSync): void {
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() ?? {};
  if (isSoundSqlite(String(version))) return;
  throw new StoreOpenError(
    'sqlite_too_old',
    `Node ${process.version} carries SQLite ${String(version)}, which can corrupt a file. Use Node 22.23.3 or newer, or 24.15 or newer.`,
  );
}

/** The locking mode must be set before anything is read; the first transaction then takes the lock and keeps it. */
function lock(database: DatabaseSync): void {
  database.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON; -- on macOS a plain fsync does not reach the disk
    PRAGMA secure_delete = ON; -- a body that was erased shall not linger in free pages
    BEGIN EXCLUSIVE;
    COMMIT;
  `);
}

function requireOwnSchema(database: DatabaseSync, file: string): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
  if (version === schemaVersion) return;
  if (version !== 0) {
    throw new StoreOpenError(
      'store_newer',
      `The file ${file} was written by a newer version (schema ${String(version)}, this one knows ${schemaVersion}). Run that version, or use another file.`,
    );
  }
  if (database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) {
    throw new StoreOpenError(
      'store_unusable',
      `The file ${file} is the database of another program. Use another file.`,
    );
  }
  database.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE intents (
      org_id TEXT NOT NULL,
      tool TEXT NOT NULL,
      intent_id TEXT NOT NULL,
      state TEXT NOT NULL,
      due_ms INTEGER, -- when time alone next matters: the end of a lease or of retention
      record TEXT NOT NULL, -- the whole record, as JSON
      PRIMARY KEY (org_id, tool, intent_id)
    ) STRICT;
    CREATE INDEX intents_by_due ON intents (due_ms) WHERE due_ms IS NOT NULL;
    CREATE INDEX intents_by_state ON intents (org_id, state);
    PRAGMA user_version = ${schemaVersion};
    COMMIT;
  `);
}

function limitSize(database: DatabaseSync, maxFileBytes: number): void {
  const { page_size: pageBytes } = database.prepare('PRAGMA page_size').get() ?? {};
  database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxFileBytes / Number(pageBytes)))}`);
}

function openError(error: unknown, file: string): StoreOpenError {
  if (resultCodeOf(error) === resultCode.busy) {
    return new StoreOpenError(
      'store_locked',
      `The file ${file} is in use: one SQLite file serves one process. Stop the other one, or choose another file; several processes share their intents through Redis (STORE_URL=redis://…).`,
      { cause: error },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreOpenError(
    'store_unusable',
    `The file ${file} cannot be used (${reason}). It must be writable, on a local disk, and an SQLite database or absent.`,
    { cause: error },
  );
}

/** SQLite's primary result code: the lowest eight bits of the extended one. */
function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

function columns({ orgId, tool, intentId }: IntentKey): [string, string, string] {
  return [orgId, tool, intentId];
}

function recordOf(row: Record<string, SQLOutputValue>): IntentRecord {
  // Written by `#write` and by nobody else: the file is locked, and its schema version is checked when it is opened.
  return JSON.parse(String(row['record'])) as IntentRecord;
}
