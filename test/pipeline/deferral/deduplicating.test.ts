import { maxSends } from '../../../pipeline/deferral/next-try';
import { StoreUnavailableError } from '../../../pipeline/store/store';
import { Closing } from '../support/closing';
import { bookingCall, bookingKey } from '../support/pipeline';
import { accept, type Answer, status } from '../support/webhook-catcher';
import { Scene } from './support/scene';

const opened = new Closing();
afterEach(() => opened.all());

const failing = status(500);

/** A scene in which the first call's outcome is unknown, at a webhook that deduplicates or not. */
async function doubtfulScene(deduplicates: boolean, ...answers: Answer[]) {
  const scene = await Scene.open(opened, failing, ...answers);
  const handler = scene.process({ deduplicates, breaker: { failures: 100, pauseMs: 1, maxPauseMs: 1 } });
  expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unknown', should_retry: false });
  return { scene, handler };
}

describe('a webhook that deduplicates', () => {
  it('is sent again what may have arrived, in the same bytes and under the same id', async () => {
    const { scene, handler } = await doubtfulScene(true, accept);
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unknown' });
    await scene.untilDue();
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'ACCEPTED' } });
    const [first, second] = scene.catcher.requests;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).toBe(`"${bookingKey.intentId}"`);
    expect(scene.catcher.requests).toHaveLength(2);
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: true });
  });

  it('is sent it a bounded number of times, and then it stays in doubt', async () => {
    const { scene, handler } = await doubtfulScene(true, failing);
    for (let sends = 1; sends < maxSends; sends += 1) {
      await scene.untilDue();
      expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'UNKNOWN' } });
    }
    expect(scene.catcher.requests).toHaveLength(maxSends);
    const record = await scene.record();
    expect(record).toMatchObject({ state: 'UNKNOWN', body: scene.catcher.requests[0]?.body });
    expect(record).not.toHaveProperty('nextTryAtMs');
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'lost' });
  });

  it('stays in doubt when it refuses the repeat, for that says nothing about the first', async () => {
    const { scene, handler } = await doubtfulScene(true, status(400));
    await scene.untilDue();
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'UNKNOWN' } });
    expect(await scene.record()).not.toHaveProperty('nextTryAtMs');
  });

  it('stays so too when the store’s answer to that is lost', async () => {
    const { scene, handler } = await doubtfulScene(true, status(400));
    await scene.untilDue();
    scene.store.faults.settle = { reason: 'slow', isWritten: true };
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'UNKNOWN', fence: 2 } });
  });

  it('is tried again when the repeat could not be sent', async () => {
    const { scene, handler } = await doubtfulScene(true, status(429), accept);
    await scene.untilDue();
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'UNKNOWN' } });
    await scene.untilDue();
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'ACCEPTED' } });
  });

  it('is given time when it cannot be reached: a try that sends nothing is as far from the next as one that does', async () => {
    const { scene, handler } = await doubtfulScene(true, status(429));
    const pauses: number[] = [];
    for (let tries = 1; tries < maxSends; tries += 1) {
      const record = await scene.record();
      pauses.push('nextTryAtMs' in record ? (record.nextTryAtMs ?? 0) - scene.nowMs : 0);
      await scene.untilDue();
      expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'UNKNOWN' } });
    }
    expect(pauses).toEqual([1_500, 6_000, 24_000, 96_000]);
    expect(await scene.record()).not.toHaveProperty('nextTryAtMs');
  });

  it('is sent nothing more when it is said to deduplicate no longer', async () => {
    const { scene } = await doubtfulScene(true, accept);
    const plain = scene.process({ deduplicates: false });
    await scene.untilDue();
    expect(await scene.redeliver(plain)).toMatchObject({ kind: 'done', record: { state: 'UNKNOWN' } });
    expect(await scene.record()).not.toHaveProperty('nextTryAtMs');
    expect(scene.catcher.requests).toHaveLength(1);
  });
});

describe('a webhook that does not', () => {
  it('is never sent by itself what may have arrived', async () => {
    const { scene, handler } = await doubtfulScene(false, accept);
    scene.nowMs += 86_400_000;
    expect(await scene.store.sweep({ retentionMs: 1_000, limit: 10 })).toMatchObject({ due: [] });
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'lost', record: { state: 'UNKNOWN' } });
    expect(scene.catcher.requests).toHaveLength(1);
  });

  it('is not when a human wanted it to and the store failed at that', async () => {
    const { scene, handler } = await doubtfulScene(false, accept);
    const { fence } = await scene.record();
    scene.store.breakDown();
    scene.store.faults.reclaim = { reason: 'slow', isWritten: true };
    await expect(handler.redeliver(bookingKey, fence, 'operator')).rejects.toThrow(StoreUnavailableError);
    scene.store.faults = {};
    await handler.recordLate();
    const record = await scene.record();
    expect(record).toMatchObject({ state: 'UNKNOWN', fence: 2, body: scene.catcher.requests[0]?.body });
    expect(record).not.toHaveProperty('nextTryAtMs');
  });

  it.each<[string, Answer, object]>([
    ['accepts', accept, { state: 'ACCEPTED' }],
    ['refuses', status(400), { state: 'UNKNOWN', outcome: { code: 'http_400' } }],
    ['is busy', status(429), { state: 'UNKNOWN', outcome: { code: 'http_429' } }],
    ['fails again', failing, { state: 'UNKNOWN', outcome: { code: 'http_500' } }],
  ])('is sent it again by the operator alone, and never more than once when it %s', async (_what, answer, left) => {
    const { scene, handler } = await doubtfulScene(false, answer);
    expect(await scene.redeliver(handler, 'operator')).toMatchObject({ kind: 'done', record: left });
    expect(await scene.record()).not.toHaveProperty('nextTryAtMs');
  });
});
