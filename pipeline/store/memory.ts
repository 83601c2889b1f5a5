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
import { StoreUnavailableError } from './errors';
import { isBefore, isWanted, pageOf, pageSize, positionBefore, positionOf } from './page';
import { dueAtMs, type IntentKey, type IntentRecord, isFinished, keyText } from './record';
import {
  type IntentCounts,
  type IntentPage,
  type IntentQuery,
  type IntentStore,
  type Sweep,
  type SweepReport,
} from './store';
import { sweepRecords } from './sweep';
import { tally } from './tally';
import { transition } from './transition';
import { Watchers } from './watchers';

export interface MemoryStoreOptions {
  /**
   * At most this many records (about 1 KB each, and the body of what is kept). When it is reached the oldest finished record makes room; when none is
   * finished, claims of new intents are refused with reason `full`; and so are as many tickets. Default 100,000.
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
  /** When each ticket that was used may be forgotten. */
  readonly #tickets = new Map<string, number>();
  readonly #watchers = new Watchers();
  #closed = false;

  constructor({ maxRecords = 100_000, now = Date.now }: MemoryStoreOptions = {}) {
    this.#maxRecords = maxRecords;
    this.#now = now;
  }

  claim(claim: Claim): Promise<ClaimAnswer> {
    return this.#whileOpen(() => this.#apply({ type: 'claim', ...claim }));
  }

  reclaim(reclaim: Reclaim): Promise<ReclaimAnswer> {
    return this.#whileOpen(() => this.#apply({ type: 'reclaim', ...reclaim }));
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
    return this.#whileOpen(() => {
      this.#forgetTickets();
      return sweepRecords(this.#due(), sweep, (command) => this.#apply(command));
    });
  }

  list(query: IntentQuery): Promise<IntentPage> {
    return this.#whileOpen(() => {
      const before = positionBefore(query);
      const found = [...this.#records.values()]
        .filter((record) => isWanted(record, query) && (!before || isBefore(before, positionOf(record))))
        .sort((one, other) => (isBefore(positionOf(one), positionOf(other)) ? -1 : 1));
      return pageOf(found.slice(0, pageSize(query) + 1), query);
    });
  }

  watch(key: IntentKey, onMove: () => void): Promise<() => void> {
    return this.#whileOpen(() => this.#watchers.add(key, onMove));
  }

  redeem(ticket: string, ttlMs: number): Promise<boolean> {
    return this.#whileOpen(() => {
      if (this.#tickets.has(ticket)) return false;
      if (this.#tickets.size >= this.#maxRecords) this.#forgetTickets();
      if (this.#tickets.size >= this.#maxRecords) {
        throw new StoreUnavailableError('full', `All ${this.#maxRecords} tickets of the memory store are in use.`);
      }
      this.#tickets.set(ticket, this.#now() + ttlMs);
      return true;
    });
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
    this.#tickets.clear();
    this.#watchers.clear();
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
    if (record === before) return answer;
    if (record === undefined) this.#remove(id);
    else this.#write(id, record);
    this.#watchers.tell(command.key);
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

  /** What time may have decided something about, the longest due first. */
  #due(): IntentRecord[] {
    const nowMs = this.#now();
    const dueMs = (record: IntentRecord): number => dueAtMs(record) ?? Infinity;
    const due = [...this.#records.values()].filter((record) => dueMs(record) <= nowMs);
    return due.sort((one, other) => dueMs(one) - dueMs(other));
  }

  #forgetTickets(): void {
    const nowMs = this.#now();
    for (const [ticket, untilMs] of this.#tickets) if (nowMs >= untilMs) this.#tickets.delete(ticket);
  }
}
