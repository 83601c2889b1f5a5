/**
 * The intent record: what is known about one wanted effect, from the first claim until its retention ends.
 *
 * A record holds what is needed to never send twice and to answer a repeat. Times are milliseconds since the epoch
 * by the store's clock. Who may move a record from one state to another is told in `transition.ts`.
 */

/** The whole identity of an intent. The org is part of it, so one org can never read or meet another's record. */
export interface IntentKey {
  readonly orgId: string;
  readonly tool: string;
  /** Made from the tool's key fields; see `pipeline/intent.ts`. */
  readonly intentId: string;
}

/** Every state, in the order in which an intent usually passes through them. */
export const intentStates = [
  'RESERVED',
  'SENDING',
  'NOT_SENT',
  'ACCEPTED',
  'REJECTED',
  'UNKNOWN',
  'DEFERRED',
  'CONFIRMED',
  'FAILED_LATER',
] as const;

export type IntentState = (typeof intentStates)[number];

/** What came of an attempt, as far as it is known. */
export interface Outcome {
  readonly httpStatus?: number;
  /** The receiver's own id for the request, for support. */
  readonly remoteId?: string;
  /** A stable word for what happened, such as `timeout` or `lease_over`. */
  readonly code?: string;
  /**
   * JSON text of what the first caller was answered, so that a duplicate is answered with the same facts.
   * Over `maxResultBytes` it is not kept.
   */
  readonly result?: string;
}

/** Longest `Outcome.result` that is kept, in bytes of UTF-8. */
export const maxResultBytes = 16_384;

/** Longest `body` that is kept, in bytes of UTF-8. */
export const maxBodyBytes = 65_536;

/** Who moved a record: the call itself, the worker that sends later, a Zap's callback, a human, or time. */
export type Mover = 'call' | 'worker' | 'callback' | 'operator' | 'time';

/** One move of a record, for whoever has to find out later what happened. */
export interface Step {
  readonly state: IntentState;
  readonly atMs: number;
  readonly by: Mover;
  /** Counts the claims, so it tells which attempt the step belongs to. */
  readonly fence: number;
  readonly code?: string;
  readonly httpStatus?: number;
}

/** How many steps are kept, the newest. */
export const maxSteps = 20;

interface Common {
  readonly key: IntentKey;
  /** Hash over all validated arguments: the same key with another fingerprint is a conflict. */
  readonly fingerprint: string;
  /** Grows by one with every claim. A writer that holds an older one has lost the intent. */
  readonly fence: number;
  /** How often a send was begun. */
  readonly attempts: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** How it came here, the oldest first, at most `maxSteps`. */
  readonly trail: readonly Step[];
}

/** Somebody works on it, and nobody else may until `leaseUntilMs`. */
interface Leased {
  /** Names one claim, not one process: every claim brings a new, unguessable value. */
  readonly owner: string;
  readonly leaseUntilMs: number;
}

/** Nothing is in flight and nothing in doubt: the record may be removed after `retainUntilMs`. */
interface Finished {
  readonly outcome: Outcome;
  readonly retainUntilMs: number;
}

/** What a claim on something that was kept may send; the record falls back to it while that has not been sent. */
export type Kept =
  | Pick<DeferredRecord, 'state' | 'outcome' | 'body' | 'nextTryAtMs' | 'expiresAtMs'>
  | (Pick<UnknownRecord, 'state' | 'outcome' | 'sendStartedAtMs' | 'nextTryAtMs'> & { readonly body: string });

/** Claimed; provably nothing was sent under this claim. */
export interface ReservedRecord extends Common, Leased {
  readonly state: 'RESERVED';
  /** Only where the claim was made on something kept. */
  readonly kept?: Kept;
}

/** Written durably before the first byte may leave. */
export interface SendingRecord extends Common, Leased {
  readonly state: 'SENDING';
  readonly sendStartedAtMs: number;
  /** Only where the claim was made on something kept. */
  readonly kept?: Kept;
}

/** The attempt failed and provably did not reach the receiver; anyone may claim it again. */
export interface NotSentRecord extends Common, Finished {
  readonly state: 'NOT_SENT';
}

/** The receiver took it. */
export interface AcceptedRecord extends Common, Finished {
  readonly state: 'ACCEPTED';
}

/** The receiver refused it, without effect; it may be claimed again after a cool-down. */
export interface RejectedRecord extends Common, Finished {
  readonly state: 'REJECTED';
}

/**
 * It may have happened or not. Nothing but a callback or a human moves it, unless its receiver is known to act once on
 * what comes twice; and time alone never removes it.
 */
export interface UnknownRecord extends Common {
  readonly state: 'UNKNOWN';
  readonly outcome: Outcome;
  readonly sendStartedAtMs: number;
  /** The bytes that were sent, should they be sent again. Absent where the sender died with them. */
  readonly body?: string;
  /** When they may be sent again by themselves: only for receivers that deduplicate. */
  readonly nextTryAtMs?: number;
}

/** Kept to be sent later; provably nothing was sent yet. */
export interface DeferredRecord extends Common {
  readonly state: 'DEFERRED';
  /** Why it was not sent at once. */
  readonly outcome: Outcome;
  readonly body: string;
  readonly nextTryAtMs: number;
  /** From then on it may not be sent any more. */
  readonly expiresAtMs: number;
}

/** The receiver reported back that it was done. */
export interface ConfirmedRecord extends Common, Finished {
  readonly state: 'CONFIRMED';
}

/** The receiver reported back that it failed after all. */
export interface FailedLaterRecord extends Common, Finished {
  readonly state: 'FAILED_LATER';
}

export type IntentRecord =
  | ReservedRecord
  | SendingRecord
  | NotSentRecord
  | AcceptedRecord
  | RejectedRecord
  | UnknownRecord
  | DeferredRecord
  | ConfirmedRecord
  | FailedLaterRecord;

/** The record as it looks in the states named. */
export type RecordIn<S extends IntentState> = Extract<IntentRecord, { state: S }>;

/** One text per key, the same for equal keys only, whatever characters the parts hold. */
export function keyText({ orgId, tool, intentId }: IntentKey): string {
  return JSON.stringify([orgId, tool, intentId]);
}

/** Whether nothing is in flight and nothing in doubt. All other records are live and may never be dropped. */
export function isFinished(record: IntentRecord): record is Extract<IntentRecord, Finished> {
  return 'retainUntilMs' in record;
}

/**
 * When time alone next changes this record, in milliseconds since the epoch: the end of its lease, of its retention, or of the
 * time in which it may still be sent. Undefined where time alone changes nothing.
 */
export function overAtMs(record: IntentRecord): number | undefined {
  switch (record.state) {
    case 'RESERVED':
    case 'SENDING':
      return record.leaseUntilMs;
    case 'DEFERRED':
      return record.expiresAtMs;
    case 'UNKNOWN':
      return undefined;
    case 'NOT_SENT':
    case 'ACCEPTED':
    case 'REJECTED':
    case 'CONFIRMED':
    case 'FAILED_LATER':
      return record.retainUntilMs;
  }
}

/** When this record is to be sent again by itself, in milliseconds since the epoch. Undefined where it is not. */
export function tryAtMs(record: IntentRecord): number | undefined {
  return record.state === 'DEFERRED' || record.state === 'UNKNOWN' ? record.nextTryAtMs : undefined;
}

/** When time next matters to this record in either way. */
export function dueAtMs(record: IntentRecord): number | undefined {
  const dueMs = Math.min(overAtMs(record) ?? Infinity, tryAtMs(record) ?? Infinity);
  return dueMs === Infinity ? undefined : dueMs;
}
