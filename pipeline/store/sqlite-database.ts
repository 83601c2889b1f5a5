import { type DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { type AnswerTo, type Command, type CommandType } from './command';
import { pageOf, type Position } from './page';
import { type IntentKey, type IntentRecord, type IntentState, intentStates, overAtMs, tryAtMs } from './record';
import { type IntentFileOptions, openIntentFile } from './sqlite-file';
import { listRows } from './sqlite-listing';
import { type Loss } from './sqlite-protocol';
import { type IntentCounts, type IntentPage, type IntentQuery, type Sweep, type SweepReport } from './store';
import { sweepRecords } from './sweep';
import { tally } from './tally';
import { transition } from './transition';

/** Intents in an SQLite file. Everything here blocks the thread it runs in, so it runs in a worker. */
export class IntentDatabase {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #over: StatementSync;
  readonly #toTry: StatementSync;
  readonly #insertTicket: StatementSync;
  readonly #deleteTickets: StatementSync;
  readonly #countAll: StatementSync;
  readonly #countOrg: StatementSync;
  /** What the commits of the next transaction outlive; the file is opened for `machine`. */
  #outlives: Loss = 'machine';
  #moved: IntentKey[] = [];

  /** @throws StoreOpenError */
  constructor(options: IntentFileOptions) {
    const database = openIntentFile(options);
    this.#database = database;
    this.#select = database.prepare('SELECT record FROM intents WHERE org_id = ? AND tool = ? AND intent_id = ?');
    this.#upsert = database.prepare(
      `INSERT INTO intents (org_id, tool, intent_id, state, due_ms, try_ms, moved_ms, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         state = excluded.state, due_ms = excluded.due_ms, try_ms = excluded.try_ms, moved_ms = excluded.moved_ms,
         record = excluded.record`,
    );
    this.#delete = database.prepare('DELETE FROM intents WHERE org_id = ? AND tool = ? AND intent_id = ?');
    this.#over = database.prepare('SELECT record FROM intents WHERE due_ms <= ? ORDER BY due_ms LIMIT ?');
    this.#toTry = database.prepare('SELECT record FROM intents WHERE try_ms <= ? ORDER BY try_ms LIMIT ?');
    this.#insertTicket = database.prepare('INSERT OR IGNORE INTO tickets (ticket, expires_ms) VALUES (?, ?)');
    this.#deleteTickets = database.prepare(
      `DELETE FROM tickets WHERE ticket IN
         (SELECT ticket FROM tickets WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?)`,
    );
    this.#countAll = database.prepare('SELECT state, count(*) AS count FROM intents GROUP BY state');
    this.#countOrg = database.prepare(
      // The states are named so that each is looked up in the index.
      `SELECT state, count(*) AS count FROM intents
       WHERE state IN (${intentStates.map((state) => `'${state}'`).join()}) AND org_id = ? GROUP BY state`,
    );
  }

  /** Does the work in one transaction. When this returns, all of it is kept; when it throws, none of it is. */
  transaction<A>(mustOutlive: Loss, work: () => A): A {
    this.#syncFor(mustOutlive);
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const answer = work();
      this.#database.exec('COMMIT');
      return answer;
    } catch (error) {
      this.#moved = [];
      // Some failures (a full disk) have ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  apply<T extends CommandType>(command: Command<T>, nowMs: number): AnswerTo[T] {
    const before = this.get(command.key);
    const { record, answer } = transition(before, command, nowMs);
    if (record === before) return answer;
    if (record === undefined) this.#delete.run(...columns(command.key));
    else this.#write(record);
    this.#moved.push(command.key);
    return answer;
  }

  /** The keys of the records that were written since this was called last. */
  takeMoved(): readonly IntentKey[] {
    const moved = this.#moved;
    this.#moved = [];
    return moved;
  }

  get(key: IntentKey): IntentRecord | undefined {
    const row = this.#select.get(...columns(key));
    return row && recordOf(row);
  }

  sweep(sweep: Sweep, nowMs: number): SweepReport {
    this.#deleteTickets.run(nowMs, sweep.limit);
    // One more than the limit, so that the sweep can tell whether anything is left.
    const candidates = [this.#over, this.#toTry].flatMap((due) => due.all(nowMs, sweep.limit + 1).map(recordOf));
    return sweepRecords(candidates, sweep, (command) => this.apply(command, nowMs));
  }

  list(query: IntentQuery, after: Position | undefined): IntentPage {
    return pageOf(listRows(this.#database, query, after).map(recordOf), query);
  }

  /** Whether the ticket is used for the first time. */
  redeem(ticket: string, expiresMs: number): boolean {
    return this.#insertTicket.run(ticket, expiresMs).changes === 1;
  }

  counts(orgId: string | undefined): IntentCounts {
    const rows = orgId === undefined ? this.#countAll.all() : this.#countOrg.all(orgId);
    // Only states of records are ever written to the column.
    return tally(rows.map(({ state, count }) => [state as IntentState, Number(count)]));
  }

  close(): void {
    this.#database.close();
  }

  /** Where only the process may be lost, a commit is left to the system's cache; the next that syncs takes it along. */
  #syncFor(mustOutlive: Loss): void {
    if (mustOutlive === this.#outlives) return;
    this.#database.exec(`PRAGMA synchronous = ${mustOutlive === 'machine' ? 'FULL' : 'NORMAL'}`);
    this.#outlives = mustOutlive;
  }

  #write(record: IntentRecord): void {
    this.#upsert.run(
      ...columns(record.key),
      record.state,
      wholeMs(overAtMs(record)),
      wholeMs(tryAtMs(record)),
      record.updatedAtMs,
      JSON.stringify(record),
    );
  }
}

/** A clock may tell fractions of a millisecond; the columns hold whole numbers. */
function wholeMs(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.ceil(ms);
}

function columns({ orgId, tool, intentId }: IntentKey): [string, string, string] {
  return [orgId, tool, intentId];
}

function recordOf(row: Record<string, SQLOutputValue>): IntentRecord {
  // Written by `#write` and by nobody else: the file is locked, and its schema version is checked when it is opened.
  return JSON.parse(String(row['record'])) as IntentRecord;
}
