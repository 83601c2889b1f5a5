/** Claims whose answer may get lost. */
import { type HoldKeeping } from './hold';
import { readingBack } from './reading-back';
import {
  type Claim,
  type ClaimAnswer,
  type IntentKey,
  type IntentRecord,
  type Reclaim,
  type ReclaimAnswer,
  type ReservedRecord,
} from './store/store';

/**
 * Claims, and if the store's answer got lost, reads back whether the claim holds. Where that cannot be found out either,
 * the claim is given back as soon as the store answers again, so that it keeps nobody off.
 *
 * @throws StoreUnavailableError
 */
export function claimIntent(keeping: HoldKeeping, claim: Claim): Promise<ClaimAnswer> {
  return claimOrGiveBack(
    keeping,
    claim,
    () => keeping.store.claim(claim),
    (record) => ({ kind: 'claimed', record }),
  );
}

/** As `claimIntent`, for what was kept. */
export function reclaimIntent(keeping: HoldKeeping, reclaim: Reclaim): Promise<ReclaimAnswer> {
  return claimOrGiveBack(
    keeping,
    reclaim,
    () => keeping.store.reclaim(reclaim),
    (record) => (record.kept === undefined ? undefined : { kind: 'claimed', record: { ...record, kept: record.kept } }),
  );
}

async function claimOrGiveBack<A>(
  keeping: HoldKeeping,
  { key, owner }: { readonly key: IntentKey; readonly owner: string },
  write: () => Promise<A>,
  answerOf: (record: ReservedRecord) => A | undefined,
): Promise<A> {
  try {
    return await readingBack(write, async () => {
      const record = await keeping.store.get(key);
      return isReservedBy(owner, record) ? answerOf(record) : undefined;
    });
  } catch (error) {
    keeping.lateWrites.add(() => giveBack(keeping, key, owner));
    throw error;
  }
}

/** Nothing was sent under it: it becomes what it was before. Resolves to undefined where it is not claimed. */
async function giveBack({ store, retentionMs }: HoldKeeping, key: IntentKey, owner: string): Promise<unknown> {
  const record = await store.get(key);
  if (!isReservedBy(owner, record)) return undefined;
  const ours = { outcome: { code: 'not_recorded' }, key, owner, fence: record.fence, retentionMs };
  return store.settle(
    // What was in doubt stays so in either case; it comes up again by itself only if it would have.
    record.kept?.nextTryAtMs === undefined
      ? { state: 'NOT_SENT', ...ours }
      : { state: 'DEFERRED', body: record.kept.body, retryMs: 0, expiresMs: 0, ...ours },
  );
}

function isReservedBy(owner: string, record: IntentRecord | undefined): record is ReservedRecord {
  return record?.state === 'RESERVED' && record.owner === owner;
}
