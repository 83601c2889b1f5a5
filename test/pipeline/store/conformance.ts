import { type ClaimAnswer, type IntentStore } from '../../../pipeline/store/store';
import { itClaims } from './conformance/claims';
import { itDefers, itResends } from './conformance/deferrals';
import { itLists } from './conformance/lists';
import { itSends } from './conformance/sends';
import { itSweeps } from './conformance/sweeps';
import { itWatches } from './conformance/watches';
import { body, claimBy, key, leaseMs, otherKey, outcome, retentionMs, retryMs } from './fixtures';
import { type Place, Scene } from './support/scene';

export interface Kind {
  readonly kind: IntentStore['kind'];
  /** Whether what was answered is still there when the store is opened again. */
  readonly durable: boolean;
  readonly newPlace: () => Promise<Place>;
}

/** The battery every kind of store passes. */
export function itKeepsTheContract({ kind, durable, newPlace }: Kind): void {
  describe(`the ${kind} store keeps the contract`, () => {
    let scene: Scene;

    beforeEach(async () => {
      scene = await Scene.on(await newPlace());
    });

    afterEach(() => scene.dispose());

    describe('for claims', () => itClaims(() => scene));
    describe('for sends', () => itSends(() => scene));
    describe('for what is put off', () => itDefers(() => scene));
    describe('for what is sent again', () => itResends(() => scene));
    describe('over time', () => itSweeps(() => scene));
    describe('for whoever looks on', () => {
      itLists(() => scene);
      itWatches(() => scene);
    });
    describe('from its opening to its end', () => itIsOpenedAndClosed(() => scene, kind));
    if (durable) describe('when it is opened again', () => itIsDurable(() => scene));
  });
}

function itIsOpenedAndClosed(scene: () => Scene, kind: IntentStore['kind']): void {
  it('says its kind and answers a ping', async () => {
    const { store } = scene();
    expect(store.kind).toBe(kind);
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('knows nothing of an intent never seen', async () => {
    const { store } = scene();
    await expect(store.get(key)).resolves.toBeUndefined();
    await expect(store.startSending({ key, owner: 'a', fence: 1, leaseMs })).resolves.toEqual({
      kind: 'lost',
      record: undefined,
    });
  });

  it('gives back every character of keys, owners and results', async () => {
    const { store } = scene();
    const odd = 'a"b\\c|d\u0000e\u2028é\u{1f600}';
    const oddKey = { orgId: odd, tool: `${odd}|`, intentId: `|${odd}` };
    const answer = await store.claim(claimBy(odd, { key: oddKey, fingerprint: odd }));
    expect(answer).toMatchObject({ kind: 'claimed', record: { key: oddKey, owner: odd, fingerprint: odd } });
    const settle = { key: oddKey, owner: odd, fence: 1, state: 'REJECTED', retentionMs } as const;
    await store.settle({ ...settle, outcome: { result: odd } });
    await expect(store.get(oddKey)).resolves.toMatchObject({ key: oddKey, outcome: { result: odd } });
  });

  it('finishes what was asked before it was closed', async () => {
    const { store } = scene();
    const claims: Promise<ClaimAnswer>[] = [];
    for (let index = 0; index < 50; index += 1) {
      claims.push(store.claim(claimBy('a', { key: { ...key, intentId: `id-${index}` } })));
    }
    await store.close();
    const answers = await Promise.all(claims);
    expect(new Set(answers.map((answer) => answer.kind))).toEqual(new Set(['claimed']));
  });

  it('refuses everything once closed, and may be closed again', async () => {
    const { store } = scene();
    await store.close();
    const operations = [
      () => store.claim(claimBy('a')),
      () => store.startSending({ key, owner: 'a', fence: 1, leaseMs }),
      () => store.settle({ key, owner: 'a', fence: 1, state: 'ACCEPTED', outcome, retentionMs }),
      () => store.resolve({ key, fence: 1, state: 'CONFIRMED', outcome, retentionMs, by: 'callback' }),
      () => store.get(key),
      () => store.sweep({ retentionMs, limit: 1 }),
      () => store.counts(),
      () => store.ping(),
    ];
    for (const operation of operations) {
      await expect(operation()).rejects.toMatchObject({ code: 'store_unavailable', reason: 'down' });
    }
    await expect(store.close()).resolves.toBeUndefined();
  });
}

function itIsDurable(scene: () => Scene): void {
  it('still knows every intent', async () => {
    const { clock } = scene();
    await scene().settled('a', 'ACCEPTED');
    await scene().sending('b', otherKey);
    const keys = [key, otherKey];
    const before = await Promise.all(keys.map((each) => scene().store.get(each)));
    await scene().reopen();
    const { store } = scene();
    await expect(Promise.all(keys.map((each) => store.get(each)))).resolves.toEqual(before);
    await expect(store.claim(claimBy('c'))).resolves.toMatchObject({ kind: 'held', record: { outcome } });
    clock.advance(leaseMs);
    await expect(store.claim(claimBy('c', { key: otherKey }))).resolves.toMatchObject({
      kind: 'held',
      record: { state: 'UNKNOWN' },
    });
  });

  it('still has to send what was put off, and sends it once', async () => {
    const fence = await scene().settled('a', 'DEFERRED');
    await scene().reopen();
    scene().clock.advance(retryMs);
    await expect(scene().store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({ due: [{ key, body }] });
    const again = await scene().resending('w', fence);
    await scene().reopen();
    await scene().settle('w', again, 'ACCEPTED');
    await expect(scene().store.get(key)).resolves.toMatchObject({ state: 'ACCEPTED', attempts: 2 });
  });

  it('still refuses a ticket that was used', async () => {
    await expect(scene().store.redeem('ticket', 60_000)).resolves.toBe(true);
    await scene().reopen();
    await expect(scene().store.redeem('ticket', 60_000)).resolves.toBe(false);
  });
}
