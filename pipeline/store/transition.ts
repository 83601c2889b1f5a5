/**
 * The rules of an intent, pure: the record as it is, a command and the time give the record as it shall be and the
 * answer. Every store runs this inside its own atomic section (read, decide, write).
 *
 *     (none) ----claim----> RESERVED --startSending--> SENDING --settle--> ACCEPTED | REJECTED | NOT_SENT | UNKNOWN
 *                              |                          |
 *                              | settle                   | lease over: next claim or sweep
 *                              v                          v
 *                      NOT_SENT | REJECTED             UNKNOWN
 *
 *     NOT_SENT --claim--> RESERVED            REJECTED --claim, after the cool-down--> RESERVED
 *     ACCEPTED --resolve--> CONFIRMED | FAILED_LATER
 *     UNKNOWN  --resolve--> CONFIRMED | FAILED_LATER | REJECTED
 *
 * Only RESERVED leads to SENDING, and RESERVED is entered only where an earlier send provably had no effect. Each claim
 * raises the fence, so whoever was overtaken can write nothing more.
 */
import {
  type AnswerTo,
  type Claim,
  type ClaimAnswer,
  type Command,
  type CommandType,
  type Expire,
  type ExpireAnswer,
  type Resolve,
  type ResolveAnswer,
  type ResolvedState,
  type Settle,
  type SettleAnswer,
  type SettledState,
  type StartSending,
  type StartSendingAnswer,
} from './command';
import {
  type IntentRecord,
  type Outcome,
  type ReservedRecord,
  type SendingRecord,
  type UnknownRecord,
  maxBodyBytes,
  maxResultBytes,
} from './record';

/** A send may not begin under a lease that ends within this many milliseconds: clocks and threads are never exact. */
export const leaseSlackMs = 1_000;

/** What a command makes of a record. The record is the very same object where nothing changes, undefined where none is left. */
export interface Decision<A> {
  readonly record: IntentRecord | undefined;
  readonly answer: A;
}

/**
 * Applies one command.
 *
 * @param record what is stored under the command's key, if anything
 * @param nowMs the store's clock, milliseconds since the epoch
 */
export function transition<T extends CommandType>(
  record: IntentRecord | undefined,
  command: Command<T>,
  nowMs: number,
): Decision<AnswerTo[T]> {
  return rules[command.type](record, command, nowMs);
}

const rules: {
  [T in CommandType]: (record: IntentRecord | undefined, command: Command<T>, nowMs: number) => Decision<AnswerTo[T]>;
} = { claim, startSending, settle, resolve, expire };

function claim(stored: IntentRecord | undefined, command: Claim, nowMs: number): Decision<ClaimAnswer> {
  const record = stored && withoutLostSend(stored, nowMs);
  if (record && !isFree(record, command, nowMs)) {
    const kind = record.fingerprint === command.fingerprint ? 'held' : 'conflict';
    return { record, answer: { kind, record } };
  }
  const reserved: ReservedRecord = {
    state: 'RESERVED',
    key: command.key,
    fingerprint: command.fingerprint,
    fence: (record?.fence ?? 0) + 1,
    attempts: record?.attempts ?? 0,
    createdAtMs: record?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
    owner: command.owner,
    leaseUntilMs: nowMs + command.leaseMs,
  };
  return { record: reserved, answer: { kind: 'claimed', record: reserved } };
}

/** Whether anyone may claim it: an earlier attempt, if any, provably had no effect and its owner may no longer send. */
function isFree(record: IntentRecord, { fingerprint, rejectedCooldownMs }: Claim, nowMs: number): boolean {
  switch (record.state) {
    case 'RESERVED':
      return isLeaseOver(record, nowMs);
    case 'NOT_SENT':
      return true;
    case 'REJECTED':
      // The cool-down keeps a repeat from being refused over and over; other arguments are no repeat.
      return record.fingerprint !== fingerprint || nowMs >= record.updatedAtMs + rejectedCooldownMs;
    case 'SENDING':
    case 'ACCEPTED':
    case 'UNKNOWN':
    case 'DEFERRED':
    case 'CONFIRMED':
    case 'FAILED_LATER':
      return false;
  }
}

function startSending(
  record: IntentRecord | undefined,
  command: StartSending,
  nowMs: number,
): Decision<StartSendingAnswer> {
  if (record?.state !== 'RESERVED' || !isOwnedBy(record, command)) return lost(record);
  if (nowMs >= record.leaseUntilMs - leaseSlackMs) return { record, answer: { kind: 'too_late', record } };
  return written<SendingRecord>({
    ...record,
    state: 'SENDING',
    attempts: record.attempts + 1,
    updatedAtMs: nowMs,
    sendStartedAtMs: nowMs,
    leaseUntilMs: nowMs + command.leaseMs,
  });
}

/** The end of the lease does not matter here: until somebody has acted on it, the owner still knows best. */
function settle(record: IntentRecord | undefined, command: Settle, nowMs: number): Decision<SettleAnswer> {
  if (!isLeased(record) || !isOwnedBy(record, command)) return lost(record);
  const { state, outcome, body, retentionMs } = command;
  if (record.state === 'SENDING' && state === 'UNKNOWN') return written(unknown(record, outcome, nowMs, body));
  // What was never sent can be neither accepted nor in doubt.
  if (state === 'UNKNOWN' || (record.state === 'RESERVED' && state === 'ACCEPTED')) return lost(record);
  return written(finished(record, state, outcome, nowMs, retentionMs));
}

function resolve(record: IntentRecord | undefined, command: Resolve, nowMs: number): Decision<ResolveAnswer> {
  if (record?.state !== 'ACCEPTED' && record?.state !== 'UNKNOWN') return lost(record);
  if (record.fence !== command.fence || !resolvedFrom[record.state].includes(command.state)) return lost(record);
  const outcome = { ...record.outcome, ...command.outcome };
  return written(finished(record, command.state, outcome, nowMs, command.retentionMs));
}

const resolvedFrom: Readonly<Record<'ACCEPTED' | 'UNKNOWN', readonly ResolvedState[]>> = {
  ACCEPTED: ['CONFIRMED', 'FAILED_LATER'],
  UNKNOWN: ['CONFIRMED', 'FAILED_LATER', 'REJECTED'],
};

function expire(record: IntentRecord | undefined, command: Expire, nowMs: number): Decision<ExpireAnswer> {
  switch (record?.state) {
    case undefined:
    case 'UNKNOWN':
    case 'DEFERRED':
      return { record, answer: { kind: 'kept' } };
    case 'RESERVED':
      if (!isLeaseOver(record, nowMs)) return { record, answer: { kind: 'kept' } };
      return {
        // Not removed: its fence must go on, or its late owner could be taken for a new one.
        record: finished(record, 'NOT_SENT', { code: 'lease_over' }, nowMs, command.retentionMs),
        answer: { kind: 'released' },
      };
    case 'SENDING': {
      const after = withoutLostSend(record, nowMs);
      return { record: after, answer: { kind: after === record ? 'kept' : 'unknown' } };
    }
    case 'NOT_SENT':
    case 'ACCEPTED':
    case 'REJECTED':
    case 'CONFIRMED':
    case 'FAILED_LATER':
      if (nowMs < record.retainUntilMs) return { record, answer: { kind: 'kept' } };
      return { record: undefined, answer: { kind: 'removed' } };
  }
}

/** A send whose lease is over was cut off at a point nobody knows: it is in doubt, and never free. */
function withoutLostSend(record: IntentRecord, nowMs: number): IntentRecord {
  if (record.state !== 'SENDING' || !isLeaseOver(record, nowMs)) return record;
  return unknown(record, { code: 'lease_over' }, nowMs);
}

function unknown(sending: SendingRecord, outcome: Outcome, nowMs: number, body?: string): UnknownRecord {
  return {
    ...common(sending, nowMs),
    state: 'UNKNOWN',
    outcome: bounded(outcome),
    sendStartedAtMs: sending.sendStartedAtMs,
    ...(body !== undefined && fits(body, maxBodyBytes) ? { body } : {}),
  };
}

function finished<S extends FinishedState>(
  record: IntentRecord,
  state: S,
  outcome: Outcome,
  nowMs: number,
  retentionMs: number,
) {
  return { ...common(record, nowMs), state, outcome: bounded(outcome), retainUntilMs: nowMs + retentionMs };
}

type FinishedState = Exclude<SettledState | ResolvedState, 'UNKNOWN'>;

/** Names what lives on, so that nothing of an earlier state (an owner, a body) is carried into the next by a spread. */
function common({ key, fingerprint, fence, attempts, createdAtMs }: IntentRecord, nowMs: number) {
  return { key, fingerprint, fence, attempts, createdAtMs, updatedAtMs: nowMs };
}

/** That it happened matters more than how it was worded: a text that is too long is left out, the outcome is kept. */
function bounded(outcome: Outcome): Outcome {
  if (outcome.result === undefined || fits(outcome.result, maxResultBytes)) return outcome;
  const { result: _tooLong, ...rest } = outcome;
  return rest;
}

function fits(text: string, maxBytes: number): boolean {
  return Buffer.byteLength(text) <= maxBytes;
}

function isLeased(record: IntentRecord | undefined): record is ReservedRecord | SendingRecord {
  return record?.state === 'RESERVED' || record?.state === 'SENDING';
}

function isLeaseOver(record: ReservedRecord | SendingRecord, nowMs: number): boolean {
  return nowMs >= record.leaseUntilMs;
}

function isOwnedBy(
  record: ReservedRecord | SendingRecord,
  { owner, fence }: { readonly owner: string; readonly fence: number },
): boolean {
  return record.owner === owner && record.fence === fence;
}

function written<R extends IntentRecord>(record: R): Decision<{ readonly kind: 'written'; readonly record: R }> {
  return { record, answer: { kind: 'written', record } };
}

function lost(record: IntentRecord | undefined): Decision<{
  readonly kind: 'lost';
  readonly record: IntentRecord | undefined;
}> {
  return { record, answer: { kind: 'lost', record } };
}
