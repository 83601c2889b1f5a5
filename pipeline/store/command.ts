/**
 * What may be asked of an intent, and what is answered. Commands are flat and serialisable, so that they pass to a
 * worker thread or a script inside a database as they stand.
 */
import {
  type ConfirmedRecord,
  type DeferredRecord,
  type FailedLaterRecord,
  type IntentKey,
  type IntentRecord,
  type Kept,
  type Outcome,
  type RecordIn,
  type RejectedRecord,
  type ReservedRecord,
  type SendingRecord,
  type UnknownRecord,
} from './record';

/** Wants the intent for oneself. */
export interface Claim {
  readonly key: IntentKey;
  readonly fingerprint: string;
  /** New for every claim (a UUID), so that an answer that got lost can be told by reading back. */
  readonly owner: string;
  /** How long others keep off, from now. */
  readonly leaseMs: number;
  /** How long a refusal stands before the same arguments may be tried again. */
  readonly rejectedCooldownMs: number;
}

export type ClaimAnswer =
  /** It is ours: nothing was sent under it, or what was sent provably had no effect. */
  | { readonly kind: 'claimed'; readonly record: ReservedRecord }
  /** It is not; this is the record the claim lost to. */
  | { readonly kind: 'held'; readonly record: IntentRecord }
  /** The same key stands for other arguments, which are in flight, in doubt or done. */
  | { readonly kind: 'conflict'; readonly record: IntentRecord };

/** Wants what was kept (DEFERRED, or UNKNOWN with its body) to send it without a caller. */
export interface Reclaim {
  readonly key: IntentKey;
  /** Of the record that was looked at: nothing may have moved it since. */
  readonly fence: number;
  readonly owner: string;
  readonly leaseMs: number;
  /** The worker may only take what is due; a human decides for themselves. */
  readonly by: 'worker' | 'operator';
}

export type ReclaimAnswer =
  | { readonly kind: 'claimed'; readonly record: ReservedRecord & { readonly kept: Kept } }
  /** Moved meanwhile, not due, expired, or nothing was kept. */
  | { readonly kind: 'lost'; readonly record: IntentRecord | undefined };

/** Says that the first byte is about to leave. */
export interface StartSending {
  readonly key: IntentKey;
  readonly owner: string;
  readonly fence: number;
  /** The new lease, from now: longer than everything the send may take. */
  readonly leaseMs: number;
}

export type StartSendingAnswer =
  | Written<SendingRecord>
  /**
   * Still ours, but the lease is over or ends within `leaseSlackMs`, or what was deferred has expired meanwhile: it may
   * not be sent under this claim.
   */
  | { readonly kind: 'too_late'; readonly record: ReservedRecord };

/** The states in which an owner may leave its intent. */
export type SettledState = 'ACCEPTED' | 'REJECTED' | 'NOT_SENT' | 'UNKNOWN' | 'DEFERRED';

/** What came of it. */
export type Settlement =
  | { readonly state: 'ACCEPTED' | 'REJECTED' | 'NOT_SENT'; readonly outcome: Outcome }
  | {
      readonly state: 'UNKNOWN';
      readonly outcome: Outcome;
      /** Kept up to `maxBodyBytes`. */
      readonly body?: string;
      /** When it may be sent again by itself, from now: only for receivers that deduplicate. */
      readonly retryMs?: number;
    }
  | {
      readonly state: 'DEFERRED';
      readonly outcome: Outcome;
      /** Over `maxBodyBytes` it cannot be kept, and the intent is left NOT_SENT. */
      readonly body: string;
      /** When it is tried again, from now. */
      readonly retryMs: number;
      /** When it may be sent no more, from now; what has been deferred before keeps its first such time. */
      readonly expiresMs: number;
    };

/**
 * Writes down what came of it. What was never sent (RESERVED) can be neither ACCEPTED nor UNKNOWN.
 *
 * An intent that was UNKNOWN before this claim becomes ACCEPTED or stays UNKNOWN, whatever state is said and whether it
 * was sent again or not: that a second request failed says nothing about the first. It is tried again by itself only
 * with a `retryMs`.
 */
export type Settle = Settlement & {
  readonly key: IntentKey;
  readonly owner: string;
  readonly fence: number;
  /** How long a finished record is kept, from now. */
  readonly retentionMs: number;
};

export type SettleAnswer = Written<RecordIn<SettledState>>;

/** The states a callback or a human may give an intent. */
export type ResolvedState = 'CONFIRMED' | 'FAILED_LATER' | 'REJECTED';

/**
 * A callback or a human says how it ended: ACCEPTED may be confirmed or failed, UNKNOWN also rejected; DEFERRED may be
 * rejected, so that it is never sent.
 */
export interface Resolve {
  readonly key: IntentKey;
  /** Of the record that was looked at: nothing may have moved it since. */
  readonly fence: number;
  readonly state: ResolvedState;
  /** Added to the outcome on record; members given here win. */
  readonly outcome: Outcome;
  readonly retentionMs: number;
  readonly by: 'callback' | 'operator';
}

export type ResolveAnswer = Written<ConfirmedRecord | FailedLaterRecord | RejectedRecord>;

/** Lets time do its work on one record; sent by the sweep. */
export interface Expire {
  readonly key: IntentKey;
  readonly retentionMs: number;
}

export type ExpireAnswer =
  /** Nothing was due. */
  | { readonly kind: 'kept' }
  /** A claim whose lease ran out before its send began: now NOT_SENT, or again what was kept. */
  | { readonly kind: 'released' }
  /** Kept until it was too late: now NOT_SENT. */
  | { readonly kind: 'expired' }
  /** Kept, and to be sent now; nothing was changed. */
  | { readonly kind: 'due'; readonly record: DeferredRecord | UnknownRecord }
  /** A send whose owner never came back: now UNKNOWN. */
  | { readonly kind: 'unknown' }
  /** A finished record past its retention. */
  | { readonly kind: 'removed' };

/** A compare-and-set: written, or lost to the record that is there now (if any). */
export type Written<R extends IntentRecord> =
  | { readonly kind: 'written'; readonly record: R }
  | { readonly kind: 'lost'; readonly record: IntentRecord | undefined };

interface Requests {
  claim: Claim;
  reclaim: Reclaim;
  startSending: StartSending;
  settle: Settle;
  resolve: Resolve;
  expire: Expire;
}

/** The answer to each type of command. */
export interface AnswerTo {
  claim: ClaimAnswer;
  reclaim: ReclaimAnswer;
  startSending: StartSendingAnswer;
  settle: SettleAnswer;
  resolve: ResolveAnswer;
  expire: ExpireAnswer;
}

export type CommandType = keyof Requests;

/** A request with its type, as it travels. */
export type Command<T extends CommandType = CommandType> = {
  [K in T]: { readonly type: K } & Requests[K];
}[T];
