/** Who holds a record, and what becomes of it when their time is over. */
import { deferred, type Ending, unknown } from './next-record';
import { type IntentRecord, type Mover, type ReservedRecord, type SendingRecord } from './record';

export type LeasedRecord = ReservedRecord | SendingRecord;

export function isLeased(record: IntentRecord | undefined): record is LeasedRecord {
  return record?.state === 'RESERVED' || record?.state === 'SENDING';
}

export function isLeaseOver({ leaseUntilMs }: LeasedRecord, nowMs: number): boolean {
  return nowMs >= leaseUntilMs;
}

export function isOwnedBy(
  record: LeasedRecord,
  { owner, fence }: { readonly owner: string; readonly fence: number },
): boolean {
  return record.owner === owner && record.fence === fence;
}

/** Who made the claim under which this record stands. */
export function claimant({ trail }: LeasedRecord): Mover {
  return trail.findLast(({ state }) => state === 'RESERVED')?.by ?? 'call';
}

/**
 * What a record is once its lease is over. A send was cut off at a point nobody knows: it is in doubt, and never free. A
 * claim on something kept, of which nothing was sent, falls back to that as it was. A plain claim is free, which is for
 * the caller to see.
 */
export function withoutLostClaim(record: IntentRecord, nowMs: number): IntentRecord {
  if (!isLeased(record) || !isLeaseOver(record, nowMs)) return record;
  const { kept } = record;
  const ending: Ending = { outcome: { code: 'lease_over' }, by: 'time', nowMs };
  if (record.state === 'SENDING') {
    const sent = kept?.state === 'UNKNOWN' ? kept : { sendStartedAtMs: record.sendStartedAtMs, body: kept?.body };
    return unknown(record, sent, ending);
  }
  switch (kept?.state) {
    case undefined:
      return record;
    case 'DEFERRED':
      return { ...deferred(record, kept, ending), outcome: kept.outcome };
    case 'UNKNOWN':
      return { ...unknown(record, kept, ending), outcome: kept.outcome };
  }
}
