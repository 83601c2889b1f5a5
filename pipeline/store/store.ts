/** The contract every intent store keeps; `test/pipeline/store/conformance.ts` holds all of them to it. */
import {
  type Claim,
  type ClaimAnswer,
  type Reclaim,
  type ReclaimAnswer,
  type Resolve,
  type ResolveAnswer,
  type Settle,
  type SettleAnswer,
  type StartSending,
  type StartSendingAnswer,
} from './command';
import { type DeferredRecord, type IntentKey, type IntentRecord, type IntentState, type UnknownRecord } from './record';

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
 * - `claim`, `reclaim`: RESERVED with our `owner` means that the claim holds, at the record's fence;
 * - `startSending`: SENDING with our `owner` means that it was written. If the send is not made after all, settle it as
 *   NOT_SENT, or it will be UNKNOWN when the lease ends;
 * - `settle`, `resolve`: the record shows the new state or it does not. Until it does, the caller answers `unknown`;
 * - `redeem`: cannot be found out. The ticket counts as used.
 */
export interface IntentStore {
  readonly kind: 'memory' | 'sqlite' | 'redis';

  /**
   * Claims an intent. Free are: an intent never seen, NOT_SENT, REJECTED past its cool-down (or with other arguments),
   * RESERVED past its lease, DEFERRED past its time. SENDING past its lease becomes UNKNOWN here and is answered as held.
   */
  claim(claim: Claim): Promise<ClaimAnswer>;

  /** Claims what was kept to be sent without a caller: DEFERRED, or UNKNOWN with its body. */
  reclaim(reclaim: Reclaim): Promise<ReclaimAnswer>;

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

  /**
   * Records as they stand, by org, then by the time of their last move, the oldest first.
   *
   * @throws IntentCursorError if `after` is not the `next` of a page
   */
  list(query: IntentQuery): Promise<IntentPage>;

  /**
   * Calls `onMove` whenever the record may have been written, by whoever, until the function it resolves with is called.
   * Where a store cannot tell, it calls every `watchPollMs`. What happened before this resolved is not told.
   */
  watch(key: IntentKey, onMove: () => void): Promise<() => void>;

  /**
   * Uses up a single-use ticket: true for the first caller, false for everyone after, in every process, for at least
   * `ttlMs` from now, after which the ticket must be invalid for other reasons.
   */
  redeem(ticket: string, ttlMs: number): Promise<boolean>;

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
  /** At most this many records are changed and at most this many reported due, so that a sweep never holds others up. */
  readonly limit: number;
}

/** What a sweep did. */
export interface SweepReport {
  /** Sends whose owner never came back. Each needs a human or a callback, so each is worth a log line. */
  readonly unknown: readonly IntentKey[];
  /** Claims that ran out before their send began: now NOT_SENT, or what they were before. */
  readonly released: number;
  /** Deferred until it was too late: now NOT_SENT. Each was promised to somebody. */
  readonly expired: readonly IntentKey[];
  /**
   * Kept and to be sent now, by whoever reclaims them first; the longest due come first. They stay due until then, so
   * whoever cannot send them settles them with a later try, or they stand before all others.
   */
  readonly due: readonly (DeferredRecord | UnknownRecord)[];
  /** Finished records past their retention. */
  readonly removed: number;
  /** Whether more could have been changed. What is due stays, so it does not count. */
  readonly more: boolean;
}

/** Which records are wanted; what is absent does not matter. */
export interface IntentQuery {
  readonly orgId?: string;
  readonly state?: IntentState;
  /** Last moved before this time, in milliseconds since the epoch. */
  readonly movedBeforeMs?: number;
  /** Last moved at this time or later. */
  readonly movedSinceMs?: number;
  /** At most this many, and at most `maxPageRecords`. */
  readonly limit: number;
  /** The `next` of the page before, asked for by the same query. */
  readonly after?: string;
}

/** A part of what was asked for. A record that moves meanwhile may be missed or come twice. */
export interface IntentPage {
  readonly records: readonly IntentRecord[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** How often a watcher looks again where it is not told, in milliseconds. */
export const watchPollMs = 1_000;

export type IntentCounts = Readonly<Record<IntentState, number>>;

export * from './command';
export * from './errors';
export * from './record';
