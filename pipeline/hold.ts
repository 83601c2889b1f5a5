import { setTimeout as sleep } from 'node:timers/promises';
import { type Deadline } from './deadline';
import { type LateWrites } from './late-writes';
import { readingBack } from './reading-back';
import { ToolFailure } from './tool-failure';
import {
  type IntentRecord,
  type IntentState,
  type IntentStore,
  type ReservedRecord,
  type Settlement,
  StoreUnavailableError,
} from './store/store';

/**
 * The right to have an effect. A tool runs under it: nothing that counts may happen before `open` has resolved, and
 * what came of it is written with `settle`.
 */
export interface Hold {
  /** Whether the effect may have begun. */
  readonly isOpen: boolean;
  /**
   * Writes down that the effect is about to begin. Called again, it resolves as the first time.
   *
   * @throws ToolFailure if it may not begin; then nothing must happen.
   */
  open(): Promise<void>;
  /**
   * Writes the outcome, and resolves to the state it has led to. Undefined if it is not on record, because somebody else
   * decided meanwhile, or because the store failed at it several times; then it is still tried in the background.
   */
  settle(settlement: Settlement): Promise<IntentState | undefined>;
  /** Writes the outcome in the background, as soon as the store takes it: for when it has just failed. */
  settleLater(settlement: Settlement): void;
}

/** The hold of a tool that runs every time: always granted, nothing is written. */
export class FreeHold implements Hold {
  isOpen = false;

  open(): Promise<void> {
    this.isOpen = true;
    return Promise.resolve();
  }

  settle({ state }: Settlement): Promise<IntentState> {
    return Promise.resolve(state);
  }

  settleLater(): void {
    // There is no record.
  }
}

/** What every hold on a record is kept with. */
export interface HoldKeeping {
  readonly store: IntentStore;
  /** Takes over what the store cannot take at once. */
  readonly lateWrites: LateWrites;
  readonly retentionMs: number;
  /** Told of every outcome on record that is to be sent again by itself. Must not throw. */
  readonly onKept: (record: IntentRecord) => void;
}

/** By how much a lease outlasts the time of its send, in milliseconds: room for clocks and slow disks. */
const leaseMarginMs = 22_000;

/** How long others keep off an intent whose send may take `deadlineMs`, in milliseconds. */
export function leaseMsFor(deadlineMs: number): number {
  return deadlineMs + leaseMarginMs;
}

/** The hold on an intent claimed in the store. */
export class ClaimedHold implements Hold {
  readonly #keeping: HoldKeeping;
  readonly #record: ReservedRecord;
  readonly #leaseMs: number;
  readonly #deadline: Deadline;
  #opening: Promise<void> | undefined;
  #isOpen = false;

  /** `leaseMs`, from when it is opened, must be longer than everything its holder may take. */
  constructor(keeping: HoldKeeping, record: ReservedRecord, leaseMs: number, deadline: Deadline) {
    this.#keeping = keeping;
    this.#record = record;
    this.#leaseMs = leaseMs;
    this.#deadline = deadline;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): Promise<void> {
    this.#opening ??= this.#startSending();
    return this.#opening;
  }

  async settle(settlement: Settlement): Promise<IntentState | undefined> {
    return (await this.record(settlement))?.state;
  }

  /** As `settle`, but resolves to the whole record. */
  async record(settlement: Settlement): Promise<IntentRecord | undefined> {
    try {
      return await persistently(() => this.#write(settlement));
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.settleLater(settlement);
      return undefined;
    }
  }

  settleLater(settlement: Settlement): void {
    const leftMs = this.#deadline.remainingMs();
    this.#keeping.lateWrites.add(() => this.#write(aged(settlement, leftMs - this.#deadline.remainingMs())));
  }

  /** The record with this outcome; undefined where somebody else decided. */
  async #write(settlement: Settlement): Promise<IntentRecord | undefined> {
    const { store, retentionMs, onKept } = this.#keeping;
    const { key, owner, fence } = this.#record;
    const record = await readingBack(
      async () => {
        const answer = await store.settle({ ...settlement, key, owner, fence, retentionMs });
        // Lost, too, may be told of a write whose answer got lost before.
        return answer.kind === 'written' ? answer.record : this.#settledAs(settlement, answer.record);
      },
      async () => this.#settledAs(settlement, await store.get(key)),
    );
    if (record !== undefined && 'nextTryAtMs' in record) onKept(record);
    return record;
  }

  #settledAs({ state }: Settlement, record: IntentRecord | undefined): IntentRecord | undefined {
    const isStillUnknown = this.#record.kept?.state === 'UNKNOWN' && state !== 'ACCEPTED';
    const isOurs = record?.fence === this.#record.fence && record.state === (isStillUnknown ? 'UNKNOWN' : state);
    return isOurs ? record : undefined;
  }

  async #startSending(): Promise<void> {
    const { store } = this.#keeping;
    const { key, owner, fence } = this.#record;
    const isSending = (record: IntentRecord | undefined): boolean =>
      record?.state === 'SENDING' && record.owner === owner && record.fence === fence;
    const isWritten = await readingBack(
      async () => (await store.startSending({ key, owner, fence, leaseMs: this.#leaseMs })).kind === 'written',
      async () => isSending(await store.get(key)) || undefined,
    ).catch(falseIfUnavailable);
    if (!isWritten) throw new ToolFailure('unavailable', undefined, { code: storeAway });
    // The caller may have been told by now that nothing was sent; then nothing may be.
    if (this.#deadline.isOver) throw new ToolFailure('not_sent', undefined, { code: 'timeout' });
    this.#isOpen = true;
  }
}

/** The code of a failure that is the store's: the beginning could not be put on record, so nothing was sent. */
export const storeAway = 'not_recorded';

/** What a settlement is after so many milliseconds: what was promised ends when it was to end, however late it is written. */
function aged(settlement: Settlement, ms: number): Settlement {
  if (settlement.state !== 'DEFERRED') return settlement;
  return { ...settlement, expiresMs: settlement.expiresMs - Math.ceil(ms) };
}

/** How often an outcome is written at most while the caller waits, and the pause between, in milliseconds. */
const maxSettleTries = 3;
const settlePauseMs = 100;

/** What happened is worth more than one hiccup of a disk. */
async function persistently<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || attempt === maxSettleTries) throw error;
      await sleep(settlePauseMs);
    }
  }
}

function falseIfUnavailable(error: unknown): boolean {
  if (error instanceof StoreUnavailableError) return false;
  throw error;
}
