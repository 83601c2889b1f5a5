import { setTimeout as sleep } from 'node:timers/promises';
import { type Deadline } from './deadline';
import { ToolFailure } from './tool-failure';
import {
  type Claim,
  type ClaimAnswer,
  type IntentRecord,
  type IntentStore,
  type Outcome,
  type ReservedRecord,
  type SettledState,
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
   * Writes the outcome. False if it is not on record, because somebody else decided meanwhile, or because the store failed
   * at it several times: what happened is worth more than one hiccup of a disk.
   */
  settle(settlement: Settlement): Promise<boolean>;
}

export interface Settlement {
  readonly state: Exclude<SettledState, 'DEFERRED'>;
  readonly outcome: Outcome;
  readonly body?: string;
}

/** The hold of a tool that runs every time: always granted, nothing is written. */
export class FreeHold implements Hold {
  isOpen = false;

  open(): Promise<void> {
    this.isOpen = true;
    return Promise.resolve();
  }

  settle(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

/** The times of a claim, in milliseconds. */
export interface HoldTimes {
  /** From now; longer than everything the tool may take. */
  readonly leaseMs: number;
  readonly retentionMs: number;
}

/** The hold on an intent claimed in the store. */
export class ClaimedHold implements Hold {
  readonly #store: IntentStore;
  readonly #record: ReservedRecord;
  readonly #times: HoldTimes;
  readonly #deadline: Deadline;
  #opening: Promise<void> | undefined;
  #isOpen = false;

  constructor(store: IntentStore, record: ReservedRecord, times: HoldTimes, deadline: Deadline) {
    this.#store = store;
    this.#record = record;
    this.#times = times;
    this.#deadline = deadline;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): Promise<void> {
    this.#opening ??= this.#startSending();
    return this.#opening;
  }

  async settle({ state, outcome, body }: Settlement): Promise<boolean> {
    const { key, owner, fence } = this.#record;
    const { retentionMs } = this.#times;
    const what = state === 'UNKNOWN' ? { state, outcome, ...(body !== undefined && { body }) } : { state, outcome };
    const isOurs = (record: IntentRecord | undefined): boolean => record?.state === state && record.fence === fence;
    const write = (): Promise<boolean> =>
      readingBack(
        async () => {
          const { record } = await this.#store.settle({ key, owner, fence, ...what, retentionMs });
          // Lost, too, may be told of a write whose answer got lost before.
          return isOurs(record);
        },
        async () => isOurs(await this.#store.get(key)) || undefined,
      );
    return persistently(write).catch(falseIfUnavailable);
  }

  async #startSending(): Promise<void> {
    const { key, owner, fence } = this.#record;
    const { leaseMs } = this.#times;
    const isSending = (record: IntentRecord | undefined): boolean =>
      record?.state === 'SENDING' && record.owner === owner && record.fence === fence;
    const isWritten = await readingBack(
      async () => (await this.#store.startSending({ key, owner, fence, leaseMs })).kind === 'written',
      async () => isSending(await this.#store.get(key)) || undefined,
    ).catch(falseIfUnavailable);
    if (!isWritten) throw new ToolFailure('unavailable', undefined, { code: 'not_recorded' });
    // The caller may have been told by now that nothing was sent; then nothing may be.
    if (this.#deadline.isOver) throw new ToolFailure('not_sent', undefined, { code: 'timeout' });
    this.#isOpen = true;
  }
}

/**
 * Claims, and if the store's answer got lost, reads back whether the claim holds.
 *
 * @throws StoreUnavailableError if that cannot be found out either.
 */
export function claimIntent(store: IntentStore, claim: Claim): Promise<ClaimAnswer> {
  return readingBack(
    () => store.claim(claim),
    async () => {
      const record = await store.get(claim.key);
      const isOurs = record?.state === 'RESERVED' && record.owner === claim.owner;
      return isOurs ? { kind: 'claimed', record } : undefined;
    },
  );
}

/** How often an outcome is written at most while the store fails, and the pause between, in milliseconds. */
const maxSettleTries = 3;
const settlePauseMs = 100;

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

/** Writes; where the store failed so that the write may have happened all the same, asks what is there. */
async function readingBack<T>(write: () => Promise<T>, readBack: () => Promise<T | undefined>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof StoreUnavailableError) || error.reason === 'full') throw error;
    const found = await readBack().catch(() => undefined);
    if (found === undefined) throw error;
    return found;
  }
}

function falseIfUnavailable(error: unknown): boolean {
  if (error instanceof StoreUnavailableError) return false;
  throw error;
}
