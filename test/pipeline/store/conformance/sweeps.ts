import { type IntentKey } from '../../../../pipeline/store/store';
import { claimBy, expiresMs, key, leaseMs, outcome, body, retentionMs, retryMs, startMs } from '../fixtures';
import { type Scene } from '../support/scene';

/** What time decides. */
export function itSweeps(scene: () => Scene): void {
  it('sweeps what time has decided and nothing else', async () => {
    const { store, clock } = scene();
    const intents = ['reserved', 'sending', 'accepted', 'unknown'].map((intentId) => ({ ...key, intentId }));
    const [reserved, sent, accepted, unknown] = intents as [IntentKey, IntentKey, IntentKey, IntentKey];
    await scene().claimed('a', reserved);
    await scene().sending('a', sent);
    await scene().settled('a', 'ACCEPTED', accepted);
    await scene().settled('a', 'UNKNOWN', unknown);
    const states = async (): Promise<(string | undefined)[]> =>
      (await Promise.all(intents.map((each) => store.get(each)))).map((record) => record?.state);
    const sweep = { retentionMs: 2 * retentionMs, limit: 100 };
    const swept = { expired: [], due: [], more: false };

    clock.advance(leaseMs - 1);
    await expect(store.sweep(sweep)).resolves.toEqual({ ...swept, unknown: [], released: 0, removed: 0 });
    expect(await states()).toEqual(['RESERVED', 'SENDING', 'ACCEPTED', 'UNKNOWN']);

    clock.advance(1);
    await expect(store.sweep(sweep)).resolves.toEqual({ ...swept, unknown: [sent], released: 1, removed: 0 });
    expect(await states()).toEqual(['NOT_SENT', 'UNKNOWN', 'ACCEPTED', 'UNKNOWN']);

    clock.nowMs = startMs + retentionMs;
    await expect(store.sweep(sweep)).resolves.toEqual({ ...swept, unknown: [], released: 0, removed: 1 });
    expect(await states()).toEqual(['NOT_SENT', 'UNKNOWN', undefined, 'UNKNOWN']);

    clock.advance(100 * retentionMs);
    await expect(store.sweep(sweep)).resolves.toEqual({ ...swept, unknown: [], released: 0, removed: 1 });
    expect(await states()).toEqual([undefined, 'UNKNOWN', undefined, 'UNKNOWN']);
  });

  it('sweeps no more at once than it is told, and says when there is more', async () => {
    const { store, clock } = scene();
    const keys = Array.from({ length: 5 }, (_, index) => ({ ...key, intentId: `id-${index}` }));
    for (const each of keys) await scene().sending('a', each);
    clock.advance(leaseMs);
    const reports = [];
    for (let round = 0; round < 3; round += 1) reports.push(await store.sweep({ retentionMs, limit: 2 }));
    expect(reports.map(({ unknown, more }) => [unknown.length, more])).toEqual([
      [2, true],
      [2, true],
      [1, false],
    ]);
    await expect(store.counts()).resolves.toMatchObject({ UNKNOWN: 5, SENDING: 0 });
  });

  it('works by a clock that tells fractions of a millisecond', async () => {
    const { store, clock } = scene();
    clock.advance(0.25);
    await scene().claimed('a');
    clock.advance(leaseMs - 0.125);
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'held' });
    clock.advance(1);
    await expect(store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({ released: 1 });
  });

  it('reports what is due to be sent, the longest due first, until somebody takes it', async () => {
    const { store, clock } = scene();
    const named = (intentId: string): IntentKey => ({ ...key, intentId });
    const fence = await scene().settled('a', { state: 'UNKNOWN', outcome, body, retryMs: retryMs + 1 }, named('doubt'));
    await scene().settled('a', 'DEFERRED', named('deferred'));
    await scene().settled('a', 'UNKNOWN', named('never'));
    const due = async () => (await store.sweep({ retentionMs, limit: 10 })).due.map((record) => record.key.intentId);
    expect(await due()).toEqual([]);
    clock.advance(retryMs);
    expect(await due()).toEqual(['deferred']);
    clock.advance(1);
    expect(await due()).toEqual(['deferred', 'doubt']);
    const report = await store.sweep({ retentionMs, limit: 10 });
    const records = await Promise.all([store.get(named('deferred')), store.get(named('doubt'))]);
    expect(report).toEqual({ unknown: [], released: 0, expired: [], due: records, removed: 0, more: false });
    await scene().reclaimed('w', fence, 'worker', named('doubt'));
    expect(await due()).toEqual(['deferred']);
  });

  it('gives up what was put off when its time is over, and says so once', async () => {
    const { store, clock } = scene();
    await scene().settled('a', 'DEFERRED');
    clock.advance(expiresMs);
    await expect(store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({ expired: [key], due: [] });
    const record = await store.get(key);
    expect(record).toMatchObject({ state: 'NOT_SENT', outcome: { ...outcome, code: 'deferral_expired' } });
    expect(record).not.toHaveProperty('body');
    await expect(store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({ expired: [], due: [] });
  });

  it('says of everything it gives up that it did, however few it looks at in one go', async () => {
    const { store, clock } = scene();
    const putOff = { state: 'DEFERRED', outcome, body } as const;
    const first = { ...key, intentId: 'first' };
    const second = { ...key, intentId: 'second' };
    // Over sooner, but to be tried later.
    await scene().settled('a', { ...putOff, retryMs: retryMs + 1, expiresMs }, first);
    await scene().settled('a', { ...putOff, retryMs, expiresMs: expiresMs + 1 }, second);
    clock.advance(expiresMs + 1);
    const one = await store.sweep({ retentionMs, limit: 1 });
    const other = await store.sweep({ retentionMs, limit: 1 });
    expect(one.more).toBe(true);
    expect([...one.expired, ...other.expired]).toEqual(expect.arrayContaining([first, second]));
  });

  it('releases what a worker took and did not come back with, and then reports it due again', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', 'DEFERRED');
    clock.advance(retryMs);
    await scene().reclaimed('w', fence);
    clock.advance(leaseMs);
    await expect(store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({ released: 1, unknown: [] });
    await expect(store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({
      released: 0,
      due: [{ state: 'DEFERRED', fence: fence + 1, body }],
    });
  });

  it('is not kept from its work by what is due and stays so', async () => {
    const { store, clock } = scene();
    for (const intentId of ['1', '2', '3']) await scene().settled('a', 'DEFERRED', { ...key, intentId });
    for (const intentId of ['4', '5', '6']) await scene().sending('a', { ...key, intentId });
    clock.advance(leaseMs);
    const sweep = { retentionMs, limit: 2 };
    await expect(store.sweep(sweep)).resolves.toMatchObject({ unknown: [{}, {}], more: true });
    await expect(store.sweep(sweep)).resolves.toMatchObject({ unknown: [{}], due: [{}, {}], more: false });
    await expect(store.sweep(sweep)).resolves.toMatchObject({ unknown: [], due: [{}, {}], more: false });
  });
}
