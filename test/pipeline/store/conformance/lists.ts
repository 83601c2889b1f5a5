import { maxPageRecords } from '../../../../pipeline/store/page';
import { type IntentKey, type IntentQuery, type IntentRecord } from '../../../../pipeline/store/store';
import { claimBy, key, otherKey, startMs } from '../fixtures';
import { type Scene } from '../support/scene';

/** Listing, and counting. */
export function itLists(scene: () => Scene): void {
  /** Records of two orgs, claimed one a second, the last three at once. */
  async function fill(): Promise<void> {
    const { store, clock } = scene();
    const named = (orgId: string, tool: string, intentId: string): IntentKey => ({ orgId, tool, intentId });
    await scene().settled('a', 'UNKNOWN', named('org_b', 'book', '4'));
    clock.advance(1_000);
    await scene().settled('a', 'DEFERRED', named('org_a', 'book', '3'));
    clock.advance(1_000);
    await scene().settled('a', 'UNKNOWN', named('org_a', 'book', '9'));
    clock.advance(1_000);
    for (const each of [named('org_a', 'call', '1'), named('org_a', 'book', '2'), named('org_a', 'book', '1')]) {
      await store.claim(claimBy('a', { key: each }));
    }
  }

  async function named(query: Omit<IntentQuery, 'limit'>): Promise<string[]> {
    const { records, next } = await scene().store.list({ limit: 100, ...query });
    expect(next).toBeUndefined();
    return records.map(nameOf);
  }

  function nameOf({ key: { orgId, tool, intentId } }: IntentRecord): string {
    return `${orgId} ${tool} ${intentId}`;
  }

  const all = ['org_a book 3', 'org_a book 9', 'org_a book 1', 'org_a book 2', 'org_a call 1', 'org_b book 4'];

  it('lists records by org, time, tool and id', async () => {
    await expect(named({})).resolves.toEqual([]);
    await fill();
    await expect(named({})).resolves.toEqual(all);
    const { records } = await scene().store.list({ limit: 1 });
    await expect(scene().store.get({ orgId: 'org_a', tool: 'book', intentId: '3' })).resolves.toEqual(records[0]);
  });

  it('lists what is asked for', async () => {
    await fill();
    const inDoubt = ['org_a book 9', 'org_b book 4'];
    await expect(named({ orgId: 'org_b' })).resolves.toEqual(['org_b book 4']);
    await expect(named({ orgId: 'org_c' })).resolves.toEqual([]);
    await expect(named({ state: 'UNKNOWN' })).resolves.toEqual(inDoubt);
    await expect(named({ state: 'ACCEPTED' })).resolves.toEqual([]);
    await expect(named({ orgId: 'org_a', state: 'RESERVED' })).resolves.toEqual(all.slice(2, 5));
    await expect(named({ movedBeforeMs: startMs + 2_000 })).resolves.toEqual(['org_a book 3', 'org_b book 4']);
    await expect(named({ movedSinceMs: startMs + 2_000 })).resolves.toEqual(all.slice(1, 5));
    await expect(named({ orgId: 'org_a', state: 'UNKNOWN', movedSinceMs: startMs + 2_001 })).resolves.toEqual([]);
    await expect(
      named({ orgId: 'org_a', movedSinceMs: startMs + 1_000, movedBeforeMs: startMs + 3_000 }),
    ).resolves.toEqual(all.slice(0, 2));
  });

  it.each([1, 2, 5, 6])('gives every record once, on pages of %i', async (limit) => {
    await fill();
    for (const query of [{}, { orgId: 'org_a' }, { state: 'RESERVED' }, { state: 'UNKNOWN' }] as const) {
      const names: string[] = [];
      let after: string | undefined;
      do {
        const page = await scene().store.list({ ...query, limit, ...(after !== undefined && { after }) });
        expect(page.records.length).toBeLessThanOrEqual(limit);
        if (page.next !== undefined) expect(page.records).toHaveLength(limit);
        names.push(...page.records.map(nameOf));
        after = page.next;
      } while (after !== undefined);
      expect(names).toEqual(await named(query));
    }
  });

  it('moves a record to its new place with each of its moves', async () => {
    await fill();
    scene().clock.advance(1_000);
    await scene().reclaimed('o', 1, 'operator', { orgId: 'org_a', tool: 'book', intentId: '9' });
    await expect(named({ state: 'UNKNOWN' })).resolves.toEqual(['org_b book 4']);
    await expect(named({ orgId: 'org_a', state: 'RESERVED' })).resolves.toEqual([...all.slice(2, 5), 'org_a book 9']);
  });

  it('gives one record at least and no more than a page may hold', async () => {
    const { store } = scene();
    const ids = Array.from({ length: maxPageRecords + 1 }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((intentId) => store.claim(claimBy('a', { key: { ...key, intentId } }))));
    const large = await store.list({ limit: 10 * maxPageRecords });
    expect(large.records).toHaveLength(maxPageRecords);
    const { records } = await store.list({ limit: 0, ...(large.next !== undefined && { after: large.next }) });
    expect(records).toHaveLength(1);
    expect(large.records.map(({ key: { intentId } }) => intentId)).not.toContain(records[0]?.key.intentId);
  });

  it.each(['', '!', 'e30', 'W10', Buffer.from('["org_a","1","book","3"]').toString('base64url')])(
    'refuses %j as a place to go on from',
    async (after) => {
      await fill();
      await expect(scene().store.list({ limit: 1, after })).rejects.toMatchObject({ code: 'cursor_invalid' });
    },
  );

  it('counts records by state, of all orgs or of one', async () => {
    const { store } = scene();
    const nothing = {
      RESERVED: 0,
      SENDING: 0,
      NOT_SENT: 0,
      ACCEPTED: 0,
      REJECTED: 0,
      UNKNOWN: 0,
      DEFERRED: 0,
      CONFIRMED: 0,
      FAILED_LATER: 0,
    };
    await expect(store.counts()).resolves.toEqual(nothing);
    await scene().settled('a', 'ACCEPTED');
    await scene().settled('a', 'ACCEPTED', otherKey);
    await scene().settled('a', 'UNKNOWN', { ...key, orgId: 'org_2' });
    await expect(store.counts()).resolves.toEqual({ ...nothing, ACCEPTED: 2, UNKNOWN: 1 });
    await expect(store.counts('org_1')).resolves.toEqual({ ...nothing, ACCEPTED: 2 });
    await expect(store.counts('org_3')).resolves.toEqual(nothing);
  });
}
