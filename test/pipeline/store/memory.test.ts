import { MemoryStore } from '../../../pipeline/store/memory';
import { type IntentKey, type IntentStore } from '../../../pipeline/store/store';
import { itKeepsTheContract } from './conformance';
import { Clock, claimBy, key, leaseMs, outcome, retentionMs } from './fixtures';
import { itTellsEveryMoveOnce } from './support/every-move';

itKeepsTheContract({
  kind: 'memory',
  durable: false,
  newPlace: () =>
    Promise.resolve({
      open: (now) => Promise.resolve(new MemoryStore({ now })),
      dispose: () => Promise.resolve(),
    }),
});

itTellsEveryMoveOnce(() => new MemoryStore());

describe('the memory store, when full', () => {
  const [first, second, third, fourth] = ['1', '2', '3', '4'].map((intentId) => ({ ...key, intentId })) as [
    IntentKey,
    IntentKey,
    IntentKey,
    IntentKey,
  ];

  async function take(store: IntentStore, each: IntentKey): Promise<void> {
    await expect(store.claim(claimBy('a', { key: each }))).resolves.toMatchObject({ kind: 'claimed' });
  }

  async function settle(store: IntentStore, each: IntentKey, state: 'ACCEPTED' | 'UNKNOWN'): Promise<void> {
    const write = { key: each, owner: 'a', fence: 1 };
    await store.startSending({ ...write, leaseMs });
    await store.settle({ ...write, state, outcome, retentionMs });
  }

  it('lets the record that was finished first make room', async () => {
    const store = new MemoryStore({ maxRecords: 3 });
    for (const each of [first, second, third]) await take(store, each);
    await settle(store, second, 'ACCEPTED');
    await settle(store, first, 'ACCEPTED');
    await take(store, fourth);
    await expect(store.get(second)).resolves.toBeUndefined();
    await expect(store.get(first)).resolves.toMatchObject({ state: 'ACCEPTED' });
  });

  it('never drops what is live or in doubt, but refuses new intents', async () => {
    const store = new MemoryStore({ maxRecords: 3 });
    for (const each of [first, second, third]) await take(store, each);
    await settle(store, first, 'UNKNOWN');
    await store.startSending({ key: second, owner: 'a', fence: 1, leaseMs });
    await expect(store.claim(claimBy('a', { key: fourth }))).rejects.toMatchObject({
      code: 'store_unavailable',
      reason: 'full',
    });
    const states = await Promise.all([first, second, third, fourth].map((each) => store.get(each)));
    expect(states.map((record) => record?.state)).toEqual(['UNKNOWN', 'SENDING', 'RESERVED', undefined]);
  });

  it('goes on working for intents it has, and takes new ones when one is finished', async () => {
    const store = new MemoryStore({ maxRecords: 1 });
    await take(store, first);
    await expect(store.claim(claimBy('a', { key: second }))).rejects.toMatchObject({ reason: 'full' });
    await settle(store, first, 'ACCEPTED');
    await take(store, second);
  });

  it('does not drop a record that was finished once and is live again', async () => {
    const store = new MemoryStore({ maxRecords: 1 });
    await take(store, first);
    await store.settle({ key: first, owner: 'a', fence: 1, state: 'NOT_SENT', outcome, retentionMs });
    await take(store, first);
    await expect(store.claim(claimBy('a', { key: second }))).rejects.toMatchObject({ reason: 'full' });
    await expect(store.get(first)).resolves.toMatchObject({ state: 'RESERVED', fence: 2 });
  });

  it('refuses further tickets until one that was used is past its time', async () => {
    const clock = new Clock();
    const store = new MemoryStore({ maxRecords: 2, now: clock.now });
    await store.redeem('1', 1_000);
    await store.redeem('2', 2_000);
    await expect(store.redeem('3', 1_000)).rejects.toMatchObject({ code: 'store_unavailable', reason: 'full' });
    await expect(store.redeem('1', 1_000)).resolves.toBe(false);
    clock.advance(1_000);
    await expect(store.redeem('3', 1_000)).resolves.toBe(true);
    await expect(store.redeem('2', 1_000)).resolves.toBe(false);
  });
});
