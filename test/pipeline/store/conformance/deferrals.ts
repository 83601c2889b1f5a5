import { body, claimBy, expiresMs, key, leaseMs, otherKey, outcome, retentionMs, retryMs, startMs } from '../fixtures';
import { type Scene } from '../support/scene';

/** What is put off, and sent later without a caller. */
export function itDefers(scene: () => Scene): void {
  it('keeps what was put off, with its body, and holds it against calls', async () => {
    const { store } = scene();
    const { fence } = await scene().claimed('a');
    await scene().settle('a', fence, 'DEFERRED');
    const record = await store.get(key);
    expect(record).toMatchObject({ state: 'DEFERRED', outcome, body, attempts: 0 });
    expect(record).toMatchObject({ nextTryAtMs: startMs + retryMs, expiresAtMs: startMs + expiresMs });
    await expect(store.claim(claimBy('b'))).resolves.toEqual({ kind: 'held', record });
    await expect(store.claim(claimBy('b', { fingerprint: 'fp-2' }))).resolves.toEqual({ kind: 'conflict', record });
  });

  it('hands it to one of many workers when it is due, under the next fence, and shows the others what they lost to', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', 'DEFERRED');
    const reclaim = (owner: string) => store.reclaim({ key, fence, owner, leaseMs, by: 'worker' });
    await expect(reclaim('early')).resolves.toMatchObject({ kind: 'lost', record: { state: 'DEFERRED' } });
    clock.advance(retryMs);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => reclaim(`worker-${index}`)));
    const [winner, ...others] = answers.filter(({ kind }) => kind === 'claimed');
    expect(others).toEqual([]);
    expect(winner?.record).toMatchObject({ state: 'RESERVED', fence: fence + 1, kept: { state: 'DEFERRED', body } });
    for (const loser of answers.filter((answer) => answer !== winner)) {
      expect(loser).toEqual({ kind: 'lost', record: winner?.record });
    }
    await expect(store.get(key)).resolves.toEqual(winner?.record);
  });

  it('sends it under that claim, and erases the body when it is done', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', 'DEFERRED');
    clock.advance(retryMs);
    const again = await scene().resending('w', fence);
    const late = { key, owner: 'a', fence, leaseMs };
    await expect(store.startSending(late)).resolves.toMatchObject({ kind: 'lost', record: { owner: 'w' } });
    await scene().settle('w', again, 'ACCEPTED');
    const record = await store.get(key);
    expect(record).toMatchObject({ state: 'ACCEPTED', attempts: 2, fence: again });
    expect(JSON.stringify(record)).not.toContain(JSON.stringify(body));
    expect(record?.trail.map(({ state, by }) => `${state} ${by}`)).toEqual([
      'RESERVED call',
      'SENDING call',
      'DEFERRED call',
      'RESERVED worker',
      'SENDING worker',
      'ACCEPTED worker',
    ]);
  });

  it('lets a human take it before it is due, but nobody after its time', async () => {
    const { clock } = scene();
    const fence = await scene().settled('a', 'DEFERRED');
    await expect(scene().reclaimed('o', fence, 'operator')).resolves.toMatchObject({
      trail: [{}, {}, {}, { by: 'operator' }],
    });
    const other = await scene().settled('a', 'DEFERRED', otherKey);
    clock.advance(expiresMs);
    for (const by of ['worker', 'operator'] as const) {
      const answer = await scene().store.reclaim({ key: otherKey, fence: other, owner: 'o', leaseMs, by });
      expect(answer).toMatchObject({ kind: 'lost', record: { state: 'DEFERRED' } });
    }
  });

  it('puts it off again without more time, and refuses to begin its send when that is over', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', 'DEFERRED');
    clock.nowMs = startMs + expiresMs - 5_000;
    await scene().settle('w', await scene().resending('w', fence), 'DEFERRED');
    await expect(store.get(key)).resolves.toMatchObject({
      nextTryAtMs: startMs + expiresMs - 5_000 + retryMs,
      expiresAtMs: startMs + expiresMs,
    });
    const again = await scene().reclaimed('o', fence + 1, 'operator');
    clock.advance(5_000);
    const start = { key, owner: 'o', fence: again.fence, leaseMs };
    await expect(store.startSending(start)).resolves.toEqual({ kind: 'too_late', record: again });
  });

  it('gives back to the next worker what one took and did not come back with', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', 'DEFERRED');
    clock.advance(retryMs);
    const first = await scene().reclaimed('w1', fence);
    clock.advance(leaseMs);
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({
      kind: 'held',
      record: { state: 'DEFERRED', outcome, body, fence: first.fence, expiresAtMs: startMs + expiresMs },
    });
    await expect(scene().reclaimed('w2', first.fence)).resolves.toMatchObject({ fence: first.fence + 1 });
    const late = { key, owner: 'w1', fence: first.fence, leaseMs };
    await expect(store.startSending(late)).resolves.toMatchObject({ kind: 'lost', record: { owner: 'w2' } });
  });

  it('is in doubt, with its body, when its worker went away in the middle of the send', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', 'DEFERRED');
    clock.advance(retryMs);
    await scene().resending('w', fence);
    clock.advance(leaseMs);
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({
      kind: 'held',
      record: { state: 'UNKNOWN', body },
    });
    const reclaim = { key, fence: fence + 1, owner: 'w', leaseMs, by: 'worker' } as const;
    await expect(store.reclaim(reclaim)).resolves.toMatchObject({ kind: 'lost', record: { state: 'UNKNOWN' } });
  });

  it('may be rejected by a human, and is claimed anew by a call once its time is over', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', 'DEFERRED');
    const resolve = { key, fence, state: 'REJECTED', outcome: {}, retentionMs, by: 'operator' } as const;
    await expect(store.resolve({ ...resolve, state: 'CONFIRMED' })).resolves.toMatchObject({ kind: 'lost' });
    await expect(store.resolve(resolve)).resolves.toMatchObject({ kind: 'written', record: { state: 'REJECTED' } });
    await scene().settled('a', 'DEFERRED', otherKey);
    clock.advance(expiresMs);
    const record = await scene().claimed('b', otherKey);
    expect(record).toMatchObject({ fence: 2 });
    expect(record).not.toHaveProperty('kept');
  });
}

/** What is in doubt, and sent again because somebody says so, or because its receiver deduplicates. */
export function itResends(scene: () => Scene): void {
  const repeatable = { state: 'UNKNOWN', outcome, body, retryMs } as const;

  it('never hands what is in doubt to a worker, unless it was said that it may be sent again', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', 'UNKNOWN');
    clock.advance(retentionMs);
    const reclaim = { key, fence, owner: 'w', leaseMs, by: 'worker' } as const;
    await expect(store.reclaim(reclaim)).resolves.toMatchObject({ kind: 'lost', record: { state: 'UNKNOWN' } });
    await expect(scene().reclaimed('o', fence, 'operator')).resolves.toMatchObject({
      kept: { state: 'UNKNOWN', body },
    });
  });

  it('does not let what nobody takes stand before what is too late', async () => {
    const { store, clock } = scene();
    for (const intentId of ['a', 'b', 'c']) await scene().settled('a', repeatable, { ...key, intentId });
    await scene().settled('a', 'DEFERRED', otherKey);
    clock.advance(expiresMs);
    await expect(store.sweep({ retentionMs, limit: 1 })).resolves.toMatchObject({ expired: [otherKey] });
  });

  it('hands it to a worker when it was, at its time', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', repeatable);
    const reclaim = { key, fence, owner: 'w', leaseMs, by: 'worker' } as const;
    await expect(store.reclaim(reclaim)).resolves.toMatchObject({ kind: 'lost' });
    clock.advance(retryMs);
    await scene().settle('w', await scene().resending('w', fence), 'ACCEPTED');
    await expect(store.get(key)).resolves.toMatchObject({ state: 'ACCEPTED', attempts: 2 });
  });

  it.each(['REJECTED', 'NOT_SENT', 'UNKNOWN', 'DEFERRED'] as const)(
    'leaves it in doubt, as of its first send, when the second is %s',
    async (state) => {
      const { store, clock } = scene();
      const fence = await scene().settled('a', 'UNKNOWN');
      clock.advance(1_000);
      await scene().settle('o', await scene().resending('o', fence, 'operator'), state);
      const record = await store.get(key);
      expect(record).toMatchObject({ state: 'UNKNOWN', body, sendStartedAtMs: startMs, attempts: 2 });
      await expect(store.claim(claimBy('b'))).resolves.toEqual({ kind: 'held', record });
    },
  );

  it('goes on being in doubt, and due, when its worker went away', async () => {
    const { store, clock } = scene();
    const fence = await scene().settled('a', repeatable);
    clock.advance(retryMs);
    await scene().resending('w1', fence);
    clock.advance(leaseMs);
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({
      kind: 'held',
      record: { state: 'UNKNOWN', body },
    });
    await expect(scene().reclaimed('w2', fence + 1)).resolves.toMatchObject({ fence: fence + 2 });
  });
}
