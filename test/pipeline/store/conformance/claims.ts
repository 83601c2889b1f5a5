import { claimBy, cooldownMs, key, leaseMs, otherKey, outcome, retentionMs } from '../fixtures';
import { type Scene } from '../support/scene';

/** Claims: who gets an intent, and who does not. */
export function itClaims(scene: () => Scene): void {
  it('lets one of many simultaneous claims win and shows the others what they lost to', async () => {
    const { store } = scene();
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
    const answers = await Promise.all(owners.map((owner) => store.claim(claimBy(owner))));
    const [winner, ...others] = answers.filter(({ kind }) => kind === 'claimed');
    expect(others).toEqual([]);
    const losers = answers.filter((answer) => answer !== winner);
    for (const loser of losers) expect(loser).toEqual({ kind: 'held', record: winner?.record });
  });

  it('keeps intents of different orgs, tools and ids apart', async () => {
    const { store } = scene();
    const keys = [key, { ...key, orgId: 'org_2' }, { ...key, tool: 'escalate_call' }, otherKey];
    const answers = await Promise.all(keys.map((each) => store.claim(claimBy('a', { key: each }))));
    expect(answers.map((answer) => answer.kind)).toEqual(['claimed', 'claimed', 'claimed', 'claimed']);
    await expect(Promise.all(keys.map((each) => store.get(each)))).resolves.toMatchObject(
      keys.map((each) => ({ key: each })),
    );
  });

  it('answers a duplicate with the first result', async () => {
    const { store } = scene();
    await scene().settled('a', 'ACCEPTED');
    const again = await store.claim(claimBy('b'));
    expect(again).toMatchObject({ kind: 'held', record: { state: 'ACCEPTED', outcome } });
  });

  it.each(['RESERVED', 'SENDING', 'ACCEPTED', 'UNKNOWN'] as const)(
    'answers other arguments under the same key as a conflict while %s',
    async (state) => {
      const { store } = scene();
      if (state === 'RESERVED') await scene().claimed('a');
      else if (state === 'SENDING') await scene().sending('a');
      else await scene().settled('a', state);
      const before = await store.get(key);
      await expect(store.claim(claimBy('b', { fingerprint: 'fp-2' }))).resolves.toEqual({
        kind: 'conflict',
        record: before,
      });
    },
  );

  it('hands a claim whose lease is over to the next one and refuses the first everywhere', async () => {
    const { store, clock } = scene();
    const first = await scene().claimed('a');
    clock.advance(leaseMs);
    const second = await scene().claimed('b');
    expect(second).toMatchObject({ fence: first.fence + 1, createdAtMs: first.createdAtMs });
    const late = { key, owner: 'a', fence: first.fence };
    const lost = { kind: 'lost', record: second };
    await expect(store.startSending({ ...late, leaseMs })).resolves.toEqual(lost);
    await expect(store.settle({ ...late, state: 'NOT_SENT', outcome, retentionMs })).resolves.toEqual(lost);
    await expect(store.get(key)).resolves.toEqual(second);
  });

  it('refuses a right owner with a wrong fence, and a right fence with a wrong owner', async () => {
    const { store } = scene();
    const { fence } = await scene().claimed('a');
    for (const wrong of [
      { owner: 'a', fence: fence + 1 },
      { owner: 'b', fence },
    ]) {
      await expect(store.startSending({ key, leaseMs, ...wrong })).resolves.toMatchObject({ kind: 'lost' });
    }
  });

  it('frees what was not sent, under the next fence and for other arguments too', async () => {
    const { store } = scene();
    const fence = await scene().settled('a', 'NOT_SENT');
    await expect(store.claim(claimBy('b', { fingerprint: 'fp-2' }))).resolves.toMatchObject({
      kind: 'claimed',
      record: { fence: fence + 1, fingerprint: 'fp-2', attempts: 1, owner: 'b' },
    });
  });

  it('holds a refusal for its cool-down, then frees it', async () => {
    const { store, clock } = scene();
    await scene().settled('a', 'REJECTED');
    clock.advance(cooldownMs - 1);
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'held', record: { state: 'REJECTED' } });
    clock.advance(1);
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'claimed', record: { fence: 2 } });
  });

  it('lets other arguments follow a refusal at once', async () => {
    const { store } = scene();
    await scene().settled('a', 'REJECTED');
    await expect(store.claim(claimBy('b', { fingerprint: 'fp-2' }))).resolves.toMatchObject({ kind: 'claimed' });
  });

  it('lets a released claim go on with the next fence', async () => {
    const { store, clock } = scene();
    const { fence } = await scene().claimed('a');
    clock.advance(leaseMs);
    await store.sweep({ retentionMs, limit: 10 });
    await expect(scene().claimed('b')).resolves.toMatchObject({ fence: fence + 1 });
    await expect(store.startSending({ key, owner: 'a', fence, leaseMs })).resolves.toMatchObject({ kind: 'lost' });
  });
}
