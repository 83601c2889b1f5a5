import { type IntentKey, type IntentRecord, type IntentState, type IntentStore } from '../../../pipeline/store/store';
import { claimBy, key as usualKey, retentionMs, settlement } from '../store/fixtures';

type Writes = Pick<IntentStore, 'claim' | 'startSending' | 'settle' | 'resolve' | 'get'>;

/** Brings an intent that was never seen into a state, by the way that leads there. */
export async function putIntent(
  store: Writes,
  state: IntentState,
  key: IntentKey = usualKey,
  changes: { readonly body?: string } = {},
): Promise<IntentRecord> {
  const { record } = await store.claim(claimBy('first', { key }));
  if (state !== 'RESERVED') await leave(store, record, state, changes);
  const reached = await store.get(key);
  if (reached?.state !== state) throw new Error(`The intent is ${reached?.state ?? 'absent'}, not ${state}.`);
  return reached;
}

async function leave(
  store: Writes,
  { key, fence }: IntentRecord,
  state: Exclude<IntentState, 'RESERVED'>,
  changes: object,
): Promise<void> {
  const owned = { key, fence, owner: 'first' };
  await store.startSending({ ...owned, leaseMs: 30_000 });
  switch (state) {
    case 'SENDING':
      return;
    case 'CONFIRMED':
    case 'FAILED_LATER':
      await store.settle({ ...owned, ...settlement('ACCEPTED'), retentionMs });
      await store.resolve({ key, fence, state, outcome: {}, retentionMs, by: 'callback' });
      return;
    case 'NOT_SENT':
    case 'ACCEPTED':
    case 'REJECTED':
    case 'UNKNOWN':
    case 'DEFERRED':
      await store.settle({ ...owned, ...settlement(state), ...changes, retentionMs });
  }
}
