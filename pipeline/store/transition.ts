/**
 * The rules of an intent, pure: the record as it is, a command and the time give the record as it shall be and the
 * answer. Every store runs this inside its own atomic section (read, decide, write).
 *
 *     (none) ----claim----> RESERVED --startSending--> SENDING --settle--> ACCEPTED | REJECTED | NOT_SENT | UNKNOWN | DEFERRED
 *                              |                          |
 *                              | settle                   | lease over: next claim or sweep
 *                              v                          v
 *              NOT_SENT | REJECTED | DEFERRED          UNKNOWN
 *
 *     NOT_SENT --claim--> RESERVED            REJECTED --claim, after the cool-down--> RESERVED
 *     DEFERRED --reclaim--> RESERVED          DEFERRED --too late--> NOT_SENT
 *     UNKNOWN  --reclaim, by a human or for a receiver that deduplicates--> RESERVED
 *     ACCEPTED --resolve--> CONFIRMED | FAILED_LATER
 *     UNKNOWN  --resolve--> CONFIRMED | FAILED_LATER | REJECTED
 *     DEFERRED --resolve--> REJECTED
 *
 * Only RESERVED leads to SENDING, and a plain claim enters it only where an earlier send provably had no effect. What a
 * reclaim took and did not send falls back to what it was. Each claim raises the fence, so whoever was overtaken can write
 * nothing more.
 */
import {
  type AnswerTo,
  type Claim,
  type ClaimAnswer,
  type Command,
  type CommandType,
  type Expire,
  type ExpireAnswer,
  type Reclaim,
  type ReclaimAnswer,
  type Resolve,
  type ResolveAnswer,
  type ResolvedState,
  type Settle,
  type SettleAnswer,
  type SettledState,
  type Settlement,
  type StartSending,
  type StartSendingAnswer,
} from './command';
import {
  type DeferredRecord,
  dueAtMs,
  type IntentRecord,
  type IntentState,
  type Kept,
  maxBodyBytes,
  maxResultBytes,
  maxSteps,
  type Mover,
  type Outcome,
  type ReservedRecord,
  type SendingRecord,
  type Step,
  type UnknownRecord,
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
} = { claim, reclaim, startSending, settle, resolve, expire };

function claim(stored: IntentRecord | undefined, command: Claim, nowMs: number): Decision<ClaimAnswer> {
  const record = stored && withoutLostClaim(stored, nowMs);
  if (record && !isFree(record, command, nowMs)) {
    const kind = record.fingerprint === command.fingerprint ? 'held' : 'conflict';
    return { record, answer: { kind, record } };
  }
  const fence = (record?.fence ?? 0) + 1;
  const reserved: ReservedRecord = {
    state: 'RESERVED',
    key: command.key,
    fingerprint: command.fingerprint,
    fence,
    attempts: record?.attempts ?? 0,
    createdAtMs: record?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
    trail: extended(record?.trail ?? [], { state: 'RESERVED', atMs: nowMs, by: 'call', fence }),
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

function reclaim(stored: IntentRecord | undefined, command: Reclaim, nowMs: number): Decision<ReclaimAnswer> {
  const record = stored && withoutLostClaim(stored, nowMs);
  const kept = record && keptIn(record);
  if (record === undefined || kept === undefined || record.fence !== command.fence) return lost(record);
  if (kept.state === 'DEFERRED' && nowMs >= kept.expiresAtMs) return lost(record);
  const dueMs = dueAtMs(record);
  if (command.by === 'worker' && (dueMs === undefined || nowMs < dueMs)) return lost(record);
  const reserved = {
    ...moved({ ...record, fence: record.fence + 1 }, 'RESERVED', command.by, nowMs),
    owner: command.owner,
    leaseUntilMs: nowMs + command.leaseMs,
    kept,
  };
  return { record: reserved, answer: { kind: 'claimed', record: reserved } };
}

function startSending(
  record: IntentRecord | undefined,
  command: StartSending,
  nowMs: number,
): Decision<StartSendingAnswer> {
  if (record?.state !== 'RESERVED' || !isOwnedBy(record, command)) return lost(record);
  if (nowMs >= record.leaseUntilMs - leaseSlackMs) return { record, answer: { kind: 'too_late', record } };
  return written<SendingRecord>({
    ...moved(record, 'SENDING', claimant(record), nowMs),
    attempts: record.attempts + 1,
    owner: record.owner,
    leaseUntilMs: nowMs + command.leaseMs,
    sendStartedAtMs: nowMs,
    ...(record.kept !== undefined && { kept: record.kept }),
  });
}

/** The end of the lease does not matter here: until somebody has acted on it, the owner still knows best. */
function settle(record: IntentRecord | undefined, command: Settle, nowMs: number): Decision<SettleAnswer> {
  if (!isLeased(record) || !isOwnedBy(record, command)) return lost(record);
  // What was never sent can be neither accepted nor in doubt.
  if (record.state === 'RESERVED' && (command.state === 'ACCEPTED' || command.state === 'UNKNOWN')) return lost(record);
  const by = claimant(record);
  const { outcome, retentionMs } = command;
  if (record.kept?.state === 'UNKNOWN' && command.state !== 'ACCEPTED') {
    return written(unknown(record, record.kept, { outcome, by, nowMs, retryMs: retryOf(command) }));
  }
  switch (command.state) {
    case 'UNKNOWN': {
      const sent = { body: command.body, sendStartedAtMs: record.state === 'SENDING' ? record.sendStartedAtMs : nowMs };
      return written(unknown(record, sent, { outcome, by, nowMs, retryMs: command.retryMs }));
    }
    case 'DEFERRED': {
      if (!fits(command.body, maxBodyBytes)) {
        return written(
          finished(record, 'NOT_SENT', { outcome: { code: 'too_large_to_keep' }, by, nowMs, retentionMs }),
        );
      }
      return written<DeferredRecord>({
        ...moved(record, 'DEFERRED', by, nowMs, outcome),
        outcome: bounded(outcome),
        body: command.body,
        nextTryAtMs: nowMs + command.retryMs,
        expiresAtMs: record.kept?.state === 'DEFERRED' ? record.kept.expiresAtMs : nowMs + command.expiresMs,
      });
    }
    case 'ACCEPTED':
    case 'REJECTED':
    case 'NOT_SENT':
      return written(finished(record, command.state, { outcome, by, nowMs, retentionMs }));
  }
}

function resolve(record: IntentRecord | undefined, command: Resolve, nowMs: number): Decision<ResolveAnswer> {
  if (record?.state !== 'ACCEPTED' && record?.state !== 'UNKNOWN' && record?.state !== 'DEFERRED') return lost(record);
  if (record.fence !== command.fence || !resolvedFrom[record.state].includes(command.state)) return lost(record);
  const outcome = { ...record.outcome, ...command.outcome };
  return written(finished(record, command.state, { ...command, outcome, nowMs }));
}

const resolvedFrom: Readonly<Record<'ACCEPTED' | 'UNKNOWN' | 'DEFERRED', readonly ResolvedState[]>> = {
  ACCEPTED: ['CONFIRMED', 'FAILED_LATER'],
  UNKNOWN: ['CONFIRMED', 'FAILED_LATER', 'REJECTED'],
  DEFERRED: ['REJECTED'],
};

function expire(record: IntentRecord | undefined, { retentionMs }: Expire, nowMs: number): Decision<ExpireAnswer> {
  const kept: Decision<ExpireAnswer> = { record, answer: { kind: 'kept' } };
  switch (record?.state) {
    case undefined:
      return kept;
    case 'RESERVED': {
      if (!isLeaseOver(record, nowMs)) return kept;
      // Not removed: its fence must go on, or its late owner could be taken for a new one.
      const outcome = { code: 'lease_over' };
      const after =
        record.kept === undefined
          ? finished(record, 'NOT_SENT', { outcome, by: 'time', nowMs, retentionMs })
          : withoutLostClaim(record, nowMs);
      return { record: after, answer: { kind: 'released' } };
    }
    case 'SENDING': {
      const after = withoutLostClaim(record, nowMs);
      return { record: after, answer: { kind: after === record ? 'kept' : 'unknown' } };
    }
    case 'UNKNOWN':
      if (record.nextTryAtMs === undefined || nowMs < record.nextTryAtMs) return kept;
      return { record, answer: { kind: 'due', record } };
    case 'DEFERRED': {
      if (nowMs >= record.expiresAtMs) {
        const outcome = { ...record.outcome, code: 'deferral_expired' };
        const after = finished(record, 'NOT_SENT', { outcome, by: 'time', nowMs, retentionMs });
        return { record: after, answer: { kind: 'expired' } };
      }
      return nowMs < record.nextTryAtMs ? kept : { record, answer: { kind: 'due', record } };
    }
    case 'NOT_SENT':
    case 'ACCEPTED':
    case 'REJECTED':
    case 'CONFIRMED':
    case 'FAILED_LATER':
      return nowMs < record.retainUntilMs ? kept : { record: undefined, answer: { kind: 'removed' } };
  }
}

/**
 * What a record is once its lease is over. A send was cut off at a point nobody knows: it is in doubt, and never free. A
 * claim on something kept falls back to that, due at once. A plain claim is free, which is for the caller to see.
 */
function withoutLostClaim(record: IntentRecord, nowMs: number): IntentRecord {
  if (!isLeased(record) || !isLeaseOver(record, nowMs)) return record;
  const outcome = { code: 'lease_over' };
  if (record.state === 'SENDING') {
    const { body } = record.kept ?? {};
    const sent = record.kept?.state === 'UNKNOWN' ? record.kept : { body, sendStartedAtMs: record.sendStartedAtMs };
    return unknown(record, sent, { outcome, by: 'time', nowMs });
  }
  switch (record.kept?.state) {
    case undefined:
      return record;
    case 'DEFERRED': {
      const { body, expiresAtMs } = record.kept;
      return {
        ...moved(record, 'DEFERRED', 'time', nowMs, outcome),
        outcome: record.kept.outcome,
        body,
        nextTryAtMs: nowMs,
        expiresAtMs,
      };
    }
    case 'UNKNOWN':
      return unknown(record, record.kept, { outcome: record.kept.outcome, by: 'time', nowMs });
  }
}

/** What a claim on this record may send. */
function keptIn(record: IntentRecord): Kept | undefined {
  if (record.state === 'DEFERRED') {
    const { state, body, outcome, expiresAtMs } = record;
    return { state, body, outcome, expiresAtMs };
  }
  if (record.state !== 'UNKNOWN' || record.body === undefined) return undefined;
  const { state, body, outcome, sendStartedAtMs } = record;
  return { state, body, outcome, sendStartedAtMs };
}

interface Move {
  readonly outcome: Outcome;
  readonly by: Mover;
  readonly nowMs: number;
}

function unknown(
  record: IntentRecord,
  { body, sendStartedAtMs }: { readonly body?: string | undefined; readonly sendStartedAtMs: number },
  { outcome, by, nowMs, retryMs }: Move & { readonly retryMs?: number | undefined },
): UnknownRecord {
  const isKept = body !== undefined && fits(body, maxBodyBytes);
  return {
    ...moved(record, 'UNKNOWN', by, nowMs, outcome),
    outcome: bounded(outcome),
    sendStartedAtMs,
    ...(isKept && { body }),
    ...(isKept && retryMs !== undefined && { nextTryAtMs: nowMs + retryMs }),
  };
}

function finished<S extends FinishedState>(
  record: IntentRecord,
  state: S,
  { outcome, by, nowMs, retentionMs }: Move & { readonly retentionMs: number },
) {
  return {
    ...moved(record, state, by, nowMs, outcome),
    outcome: bounded(outcome),
    retainUntilMs: nowMs + retentionMs,
  };
}

type FinishedState = Exclude<SettledState | ResolvedState, 'UNKNOWN' | 'DEFERRED'>;

/** Names what lives on, so that nothing of an earlier state (an owner, a body) is carried into the next by a spread. */
function moved<S extends IntentState>(
  { key, fingerprint, fence, attempts, createdAtMs, trail }: IntentRecord,
  state: S,
  by: Mover,
  nowMs: number,
  { code, httpStatus }: Outcome = {},
) {
  const step: Step = {
    state,
    atMs: nowMs,
    by,
    fence,
    ...(code !== undefined && { code }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
  return { state, key, fingerprint, fence, attempts, createdAtMs, updatedAtMs: nowMs, trail: extended(trail, step) };
}

function extended(trail: readonly Step[], step: Step): readonly Step[] {
  return [...trail, step].slice(-maxSteps);
}

/** Who made the claim under which this record stands. */
function claimant(record: ReservedRecord | SendingRecord): Mover {
  return record.trail.findLast(({ state }) => state === 'RESERVED')?.by ?? 'call';
}

/** When a settlement wants another try. */
function retryOf(settlement: Settlement): number | undefined {
  return settlement.state === 'UNKNOWN' || settlement.state === 'DEFERRED' ? settlement.retryMs : undefined;
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
