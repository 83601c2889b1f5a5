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
 *     DEFERRED --reclaim--> RESERVED          DEFERRED --too late--> NOT_SENT, or RESERVED by a claim
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
  type StartSending,
  type StartSendingAnswer,
} from './command';
import { claimant, isLeased, isLeaseOver, isOwnedBy, withoutLostClaim } from './lease';
import { deferred, finished, isKeepable, keptIn, moved, reserved, unknown } from './next-record';
import { type IntentRecord, type Kept, type SendingRecord } from './record';

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
  const { key, fingerprint } = command;
  const before = { fence: 0, attempts: 0, createdAtMs: nowMs, trail: [], ...record, key, fingerprint };
  const claimed = reserved(before, command, { by: 'call', nowMs });
  return { record: claimed, answer: { kind: 'claimed', record: claimed } };
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
    case 'DEFERRED':
      return isTooLate(record, nowMs);
    case 'SENDING':
    case 'ACCEPTED':
    case 'UNKNOWN':
    case 'CONFIRMED':
    case 'FAILED_LATER':
      return false;
  }
}

function reclaim(stored: IntentRecord | undefined, command: Reclaim, nowMs: number): Decision<ReclaimAnswer> {
  const record = stored && withoutLostClaim(stored, nowMs);
  const kept = record && keptIn(record);
  if (kept === undefined || record?.fence !== command.fence || isTooLate(kept, nowMs)) return lost(record);
  const isDue = kept.nextTryAtMs !== undefined && nowMs >= kept.nextTryAtMs;
  if (command.by === 'worker' && !isDue) return lost(record);
  const claimed = { ...reserved(record, command, { by: command.by, nowMs }), kept };
  return { record: claimed, answer: { kind: 'claimed', record: claimed } };
}

function startSending(
  record: IntentRecord | undefined,
  command: StartSending,
  nowMs: number,
): Decision<StartSendingAnswer> {
  if (record?.state !== 'RESERVED' || !isOwnedBy(record, command)) return lost(record);
  const { kept } = record;
  if (nowMs >= record.leaseUntilMs - leaseSlackMs || (kept && isTooLate(kept, nowMs))) {
    return { record, answer: { kind: 'too_late', record } };
  }
  return written<SendingRecord>({
    ...moved(record, 'SENDING', { by: claimant(record), nowMs }),
    attempts: record.attempts + 1,
    owner: record.owner,
    leaseUntilMs: nowMs + command.leaseMs,
    sendStartedAtMs: nowMs,
    ...(kept && { kept }),
  });
}

/** The end of the lease does not matter here: until somebody has acted on it, the owner still knows best. */
function settle(record: IntentRecord | undefined, command: Settle, nowMs: number): Decision<SettleAnswer> {
  if (!isLeased(record) || !isOwnedBy(record, command)) return lost(record);
  const ending = { outcome: command.outcome, retentionMs: command.retentionMs, by: claimant(record), nowMs };
  const { kept } = record;
  if (kept?.state === 'UNKNOWN' && command.state !== 'ACCEPTED') {
    const retryMs = 'retryMs' in command ? command.retryMs : undefined;
    return written(unknown(record, { ...kept, nextTryAtMs: afterMs(nowMs, retryMs) }, ending));
  }
  switch (command.state) {
    case 'ACCEPTED':
      return record.state === 'RESERVED' ? lost(record) : written(finished(record, 'ACCEPTED', ending));
    case 'UNKNOWN': {
      if (record.state === 'RESERVED') return lost(record);
      const body = command.body ?? kept?.body;
      const { sendStartedAtMs } = record;
      return written(unknown(record, { sendStartedAtMs, body, nextTryAtMs: afterMs(nowMs, command.retryMs) }, ending));
    }
    case 'REJECTED':
    case 'NOT_SENT':
      return written(finished(record, command.state, ending));
    case 'DEFERRED': {
      const { body } = command;
      if (!isKeepable(body)) {
        return written(finished(record, 'NOT_SENT', { ...ending, outcome: { code: 'too_large_to_keep' } }));
      }
      const expiresAtMs = kept?.state === 'DEFERRED' ? kept.expiresAtMs : nowMs + command.expiresMs;
      return written(deferred(record, { body, nextTryAtMs: nowMs + command.retryMs, expiresAtMs }, ending));
    }
  }
}

function resolve(stored: IntentRecord | undefined, command: Resolve, nowMs: number): Decision<ResolveAnswer> {
  const record = stored && withoutLostClaim(stored, nowMs);
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
  const ending = { by: 'time', nowMs, retentionMs } as const;
  switch (record?.state) {
    case undefined:
      return kept;
    case 'RESERVED': {
      if (!isLeaseOver(record, nowMs)) return kept;
      // A plain claim is not removed: its fence must go on, or its late owner could be taken for a new one.
      const after = record.kept
        ? withoutLostClaim(record, nowMs)
        : finished(record, 'NOT_SENT', { ...ending, outcome: { code: 'lease_over' } });
      return { record: after, answer: { kind: 'released' } };
    }
    case 'SENDING': {
      const after = withoutLostClaim(record, nowMs);
      return after === record ? kept : { record: after, answer: { kind: 'unknown' } };
    }
    case 'UNKNOWN':
      if (record.nextTryAtMs === undefined || nowMs < record.nextTryAtMs) return kept;
      return { record, answer: { kind: 'due', record } };
    case 'DEFERRED': {
      if (isTooLate(record, nowMs)) {
        const outcome = { ...record.outcome, code: 'deferral_expired' };
        return { record: finished(record, 'NOT_SENT', { ...ending, outcome }), answer: { kind: 'expired' } };
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

/** Whether what was deferred may be sent no more; what is in doubt has no such time. */
function isTooLate(kept: Kept, nowMs: number): boolean {
  return kept.state === 'DEFERRED' && nowMs >= kept.expiresAtMs;
}

function afterMs(nowMs: number, ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : nowMs + ms;
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
