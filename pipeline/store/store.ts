/** The contract every intent store keeps; `test/pipeline/store/conformance.ts` holds all of them to it. */
import {
  type Claim,
  type ClaimAnswer,
  type Resolve,
  type ResolveAnswer,
  type Settle,
  type SettleAnswer,
  type StartSending,
  type StartSendingAnswer,
} from './command';
import { type IntentKey, type IntentRecord, type IntentState } from './record';

/** How long an operation on a store may take before it fails with reason `slow`, in milliseconds. */
export const defaultStoreTimeoutMs = 500;

/**
 * Where intents are remembered, so that each is sent at most once.
 *
 * Every write is atomic: read, decide by `transition.ts`, write. Of two callers exactly one wins, and the other learns
 * what it lost to. What a durable store has answered survives the death of the process and of the machine: an answer
 * comes only after the write has reached the disk. A claim alone need not survive the machine: nothing is sent under it
 * before `startSending`.
 *
 * Every operation ends within the store's timeout. It rejects with `StoreUnavailableError` when the store is gone
 * (`down`), did not answer in time (`slow`), has no room (`full`), or was closed (`down`). Then nothing may be sent.
 * After `slow` and `down` the write may or may not have happened, and the caller finds out with `get`:
 *
 * - `claim`: RESERVED with our `owner` means that the claim holds, at the record's fence;
 * - `startSending`: SENDING with our `owner` means that it was written. If the send is not made after all, settle it as
 *   NOT_SENT, or it will be UNKNOWN when the lease ends;
 * - `settle`, `resolve`: the record shows the new state or it does not. Until it does, the caller answers `unknown`.
 */
export interface IntentStore {
  readonly kind: 'memory' | 'sqlite' | 'redis';

  /**
   * Claims an intent. Free are: an intent never seen, NOT_SENT, REJECTED past its cool-down (or with other arguments),
   * RESERVED past its lease. SENDING past its lease becomes UNKNOWN here and is answered as held.
   */
  claim(claim: Claim): Promise<ClaimAnswer>;

  /** RESERVED to SENDING, with a new lease. Only after `written` may the first byte leave. */
  startSending(start: StartSending): Promise<StartSendingAnswer>;

  /** Writes the outcome. `lost` means that somebody else decided meanwhile: their record stands and is returned. */
  settle(settle: Settle): Promise<SettleAnswer>;

  /** Writes what a callback or a human knows. */
  resolve(resolve: Resolve): Promise<ResolveAnswer>;

  /** The record as it stands; a lease that is over does not change it. */
  get(key: IntentKey): Promise<IntentRecord | undefined>;

  /** Applies what time has decided; to be called every few seconds, and again at once while `more`. */
  sweep(sweep: Sweep): Promise<SweepReport>;

  /** How many records are in each state, of one org or of all. */
  counts(orgId?: string): Promise<IntentCounts>;

  /** Resolves when the store answers; for readiness. */
  ping(): Promise<void>;

  /** Finishes what was asked before, then lets go of everything. Later operations are refused. May be called twice. */
  close(): Promise<void>;
}

/** How a sweep is made. */
export interface Sweep {
  /** How long a claim that ran out is kept as NOT_SENT, from now, in milliseconds. */
  readonly retentionMs: number;
  /** At most this many records are touched, so that a sweep never holds others up. */
  readonly limit: number;
}

/** What a sweep did. */
export interface SweepReport {
  /** Sends whose owner never came back. Each needs a human or a callback, so each is worth a log line. */
  readonly unknown: readonly IntentKey[];
  /** Claims that ran out before their send began: now NOT_SENT. */
  readonly released: number;
  /** Finished records past their retention. */
  readonly removed: number;
  /** Whether the limit was reached. */
  readonly more: boolean;
}

export type IntentCounts = Readonly<Record<IntentState, number>>;

export * from './command';
export * from './errors';
export * from './record';
