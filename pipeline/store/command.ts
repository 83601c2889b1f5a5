/**
 * What may be asked of an intent, and what is answered. Commands are flat and serialisable, so that they pass to a
 * worker thread or a script inside a database as they stand.
 */
import {
  type FailedLaterRecord,
  type ConfirmedRecord,
  type IntentKey,
  type IntentRecord,
  type Outcome,
  type RecordIn,
  type RejectedRecord,
  type ReservedRecord,
  type SendingRecord,
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
  /** Still ours, but the lease is over or ends within `leaseSlackMs`: it may not be sent under this claim. */
  | { readonly kind: 'too_late'; readonly record: ReservedRecord };

/** The states in which an owner may leave its intent. */
export type SettledState = 'ACCEPTED' | 'REJECTED' | 'NOT_SENT' | 'UNKNOWN';

/** Writes down what came of it. From RESERVED only REJECTED and NOT_SENT can be true. */
export interface Settle {
  readonly key: IntentKey;
  readonly owner: string;
  readonly fence: number;
  readonly state: SettledState;
  readonly outcome: Outcome;
  /** Kept with UNKNOWN only, and only up to `maxBodyBytes`. */
  readonly body?: string;
  /** How long a finished record is kept, from now. */
  readonly retentionMs: number;
}

export type SettleAnswer = Written<RecordIn<SettledState>>;

/** The states a callback or a human may give an intent. */
export type ResolvedState = 'CONFIRMED' | 'FAILED_LATER' | 'REJECTED';

/** A callback or a human says how it ended: ACCEPTED may be confirmed or failed, UNKNOWN also rejected. */
export interface Resolve {
  readonly key: IntentKey;
  /** Of the record that was looked at: nothing may have moved it since. */
  readonly fence: number;
  readonly state: ResolvedState;
  /** Added to the outcome on record; members given here win. */
  readonly outcome: Outcome;
  readonly retentionMs: number;
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
  /** A claim whose lease ran out before its send began: now NOT_SENT. */
  | { readonly kind: 'released' }
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
  startSending: StartSending;
  settle: Settle;
  resolve: Resolve;
  expire: Expire;
}

/** The answer to each type of command. */
export interface AnswerTo {
  claim: ClaimAnswer;
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
