import { setTimeout as sleep } from 'node:timers/promises';
import { type IntentStore } from '../../pipeline';
import { type IntentRecord } from '../../pipeline/store/store';

/** How often the store is looked at, and how many records a look takes at once. */
const pollMs = 1_000;
const pageSize = 500;

/**
 * Waits until the store holds nothing that time or a worker will move by itself: no claim, no send under way, nothing
 * deferred, nothing in doubt that will be sent again.
 *
 * @returns every record, as it stands then, or as it stands after `maxMs`
 */
export async function settledRecords(store: IntentStore, maxMs: number): Promise<readonly IntentRecord[]> {
  const endsAtMs = performance.now() + maxMs;
  for (;;) {
    const records = await allRecords(store);
    if (!records.some(willMove) || performance.now() >= endsAtMs) return records;
    await sleep(pollMs);
  }
}

async function allRecords(store: IntentStore): Promise<IntentRecord[]> {
  const records: IntentRecord[] = [];
  for (let after: string | undefined; ;) {
    const page = await store.list({ limit: pageSize, ...(after !== undefined && { after }) });
    records.push(...page.records);
    if (page.next === undefined) return records;
    after = page.next;
  }
}

function willMove(record: IntentRecord): boolean {
  switch (record.state) {
    case 'RESERVED':
    case 'SENDING':
    case 'DEFERRED':
      return true;
    case 'UNKNOWN':
      return record.nextTryAtMs !== undefined;
    case 'NOT_SENT':
    case 'ACCEPTED':
    case 'REJECTED':
    case 'CONFIRMED':
    case 'FAILED_LATER':
      return false;
  }
}
