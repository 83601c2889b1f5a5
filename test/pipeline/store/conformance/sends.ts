import { type IntentState, type Step } from '../../../../pipeline/store/store';
import { body, claimBy, key, leaseMs, outcome, retentionMs, startMs } from '../fixtures';
import { type Scene } from '../support/scene';

/** Sends and what comes of them. */
export function itSends(scene: () => Scene): void {
  it('takes a claim through sending to accepted, keeping what each state knows', async () => {
    const { store, clock } = scene();
    const reserved = await scene().claimed('a');
    expect(reserved).toEqual({
      state: 'RESERVED',
      key,
      fingerprint: 'fp-1',
      fence: 1,
      attempts: 0,
      createdAtMs: startMs,
      updatedAtMs: startMs,
      trail: [step('RESERVED', startMs)],
      owner: 'a',
      leaseUntilMs: startMs + leaseMs,
    });
    clock.advance(10);
    const started = await store.startSending({ key, owner: 'a', fence: 1, leaseMs: 40_000 });
    expect(started).toEqual({
      kind: 'written',
      record: {
        ...reserved,
        state: 'SENDING',
        attempts: 1,
        updatedAtMs: startMs + 10,
        trail: [...reserved.trail, step('SENDING', startMs + 10)],
        sendStartedAtMs: startMs + 10,
        leaseUntilMs: startMs + 40_010,
      },
    });
    clock.advance(10);
    const accepted = await store.settle({ key, owner: 'a', fence: 1, state: 'ACCEPTED', outcome, retentionMs });
    expect(accepted).toEqual({
      kind: 'written',
      record: {
        state: 'ACCEPTED',
        key,
        fingerprint: 'fp-1',
        fence: 1,
        attempts: 1,
        createdAtMs: startMs,
        updatedAtMs: startMs + 20,
        trail: [
          ...reserved.trail,
          step('SENDING', startMs + 10),
          step('ACCEPTED', startMs + 20, { code: 'ok', httpStatus: 200 }),
        ],
        outcome,
        retainUntilMs: startMs + 20 + retentionMs,
      },
    });
    await expect(store.get(key)).resolves.toEqual(accepted.record);
  });

  it('refuses to start a send within a second of the end of the lease', async () => {
    const { store, clock } = scene();
    const { fence } = await scene().claimed('a');
    clock.advance(leaseMs - 1_000);
    await expect(store.startSending({ key, owner: 'a', fence, leaseMs })).resolves.toMatchObject({
      kind: 'too_late',
      record: { state: 'RESERVED' },
    });
  });

  it('starts a send a little before that, and once only', async () => {
    const { store, clock } = scene();
    const { fence } = await scene().claimed('a');
    clock.advance(leaseMs - 1_001);
    const start = { key, owner: 'a', fence, leaseMs };
    await expect(store.startSending(start)).resolves.toMatchObject({ kind: 'written' });
    await expect(store.startSending(start)).resolves.toMatchObject({ kind: 'lost', record: { state: 'SENDING' } });
  });

  it('turns a send whose lease is over into UNKNOWN at the next claim, for good', async () => {
    const { store, clock } = scene();
    const fence = await scene().sending('a');
    clock.advance(leaseMs);
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({
      kind: 'held',
      record: { state: 'UNKNOWN', fence, outcome: { code: 'lease_over' }, sendStartedAtMs: startMs },
    });
    const late = await store.settle({ key, owner: 'a', fence, state: 'ACCEPTED', outcome, retentionMs });
    expect(late).toMatchObject({ kind: 'lost', record: { state: 'UNKNOWN' } });
    clock.advance(100 * retentionMs);
    await expect(store.claim(claimBy('c'))).resolves.toMatchObject({ kind: 'held', record: { state: 'UNKNOWN' } });
  });

  it('believes an owner whose lease is over as long as nobody has acted on that', async () => {
    const { store, clock } = scene();
    const fence = await scene().sending('a');
    clock.advance(leaseMs);
    const settle = { key, owner: 'a', fence, state: 'ACCEPTED', outcome, retentionMs } as const;
    await expect(store.settle(settle)).resolves.toMatchObject({ kind: 'written' });
    await expect(store.settle(settle)).resolves.toMatchObject({ kind: 'lost', record: { state: 'ACCEPTED' } });
  });

  it('keeps the body of an intent in doubt and erases it when the doubt ends', async () => {
    const { store } = scene();
    const fence = await scene().settled('a', 'UNKNOWN');
    await expect(store.get(key)).resolves.toMatchObject({ state: 'UNKNOWN', body });
    const resolve = {
      key,
      fence,
      state: 'CONFIRMED',
      outcome: { code: 'by_hand' },
      retentionMs,
      by: 'operator',
    } as const;
    await expect(store.resolve({ ...resolve, fence: fence + 1 })).resolves.toMatchObject({ kind: 'lost' });
    await expect(store.resolve(resolve)).resolves.toMatchObject({ kind: 'written' });
    const record = await store.get(key);
    expect(record).toMatchObject({ state: 'CONFIRMED', outcome: { ...outcome, code: 'by_hand' } });
    expect(record).not.toHaveProperty('body');
    await expect(store.resolve(resolve)).resolves.toMatchObject({ kind: 'lost', record: { state: 'CONFIRMED' } });
  });
}

function step(state: IntentState, atMs: number, more: Partial<Step> = {}): Step {
  return { state, atMs, by: 'call', fence: 1, ...more };
}
