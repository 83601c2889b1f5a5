import { type IntentRecord, StoreUnavailableError } from '../../../pipeline/store/store';
import { appointment } from '../support/appointment';
import { Closing } from '../support/closing';
import { bookingCall, bookingKey, orgId, pipeline } from '../support/pipeline';
import { accept, type Answer, status } from '../support/webhook-catcher';
import { noAlarm, Scene } from './support/scene';

const opened = new Closing();
afterEach(() => opened.all());

const busy = status(429);
const signingSecrets = [`whsec_${Buffer.alloc(24, 7).toString('base64')}`];

/** A scene in which the first call was deferred because the webhook was busy, and what it answers after that. */
async function deferredScene(...answers: Answer[]) {
  const scene = await Scene.open(opened, busy, ...answers);
  const handler = scene.process({ defer: true, signingSecrets });
  expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, status: 'deferred' });
  return { scene, handler };
}

describe('what was deferred', () => {
  it('is delivered once, in the same bytes, signed, and then a repeat is a duplicate', async () => {
    const { scene, handler } = await deferredScene(accept);
    await scene.untilDue();
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'ACCEPTED' } });
    const [first, second] = scene.catcher.requests;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers).toMatchObject({
      'idempotency-key': `"${bookingKey.intentId}"`,
      'webhook-id': bookingKey.intentId,
      'webhook-signature': expect.stringMatching(/^v1,/) as string,
    });
    const record = await scene.record();
    expect(record).toMatchObject({ state: 'ACCEPTED', fence: 2, outcome: { httpStatus: 200, remoteId: 'zap-1' } });
    expect(JSON.stringify(record)).not.toMatch(/Demo|example\.com/);
    expect(scene.observed).toEqual([{ orgId, outcome: 'ACCEPTED' }]);
    expect(await handler.handleToolCall(bookingCall())).toEqual({
      success: true,
      message: 'Appointment created and confirmation email sent to user@example.com',
      appointment_id: bookingKey.intentId,
      email_sent: true,
      is_duplicate: true,
    });
    expect(scene.catcher.requests).toHaveLength(2);
  });

  it('is not sent by the worker before it is due, but by the operator at any time', async () => {
    const { scene, handler } = await deferredScene(accept);
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'lost', record: { state: 'DEFERRED' } });
    expect(scene.catcher.requests).toHaveLength(1);
    expect(await scene.redeliver(handler, 'operator')).toMatchObject({ kind: 'done', record: { state: 'ACCEPTED' } });
  });

  it.each<[string, Answer, object, boolean]>([
    ['accepts', accept, { state: 'ACCEPTED' }, false],
    ['refuses', status(400), { state: 'REJECTED', outcome: { code: 'http_400', httpStatus: 400 } }, false],
    ['is still busy', busy, { state: 'DEFERRED', outcome: { code: 'http_429' } }, true],
    ['fails', status(500), { state: 'UNKNOWN', outcome: { code: 'http_500' } }, true],
  ])('is left as its webhook leaves it, which %s', async (_what, answer, left, isKept) => {
    const { scene, handler } = await deferredScene(answer);
    const { body } = (await scene.record()) as Extract<IntentRecord, { body: string }>;
    await scene.untilDue();
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: left });
    const record = await scene.record();
    expect('body' in record ? record.body : undefined).toBe(isKept ? body : undefined);
    expect('nextTryAtMs' in record).toBe(record.state === 'DEFERRED');
  });

  it('is tried after ever longer pauses, and its time to live does not begin anew', async () => {
    const { scene, handler } = await deferredScene(busy);
    const pauses: number[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const record = await scene.record();
      pauses.push('nextTryAtMs' in record ? (record.nextTryAtMs ?? 0) - scene.nowMs : 0);
      await scene.untilDue();
      await scene.redeliver(handler);
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
    expect(await scene.record()).toMatchObject({ expiresAtMs: Date.parse(appointment.start_time) });
  });

  it('is sent by one of two processes that are at it', async () => {
    const { scene, handler } = await deferredScene(accept);
    const other = scene.process({ defer: true });
    await scene.untilDue();
    const results = await Promise.all([scene.redeliver(handler), scene.redeliver(other)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['done', 'lost']);
    expect(scene.catcher.requests).toHaveLength(2);
  });

  it('is still deferred to a caller who asks while it is being sent', async () => {
    const pending: (() => void)[] = [];
    const { scene, handler } = await deferredScene((...exchange) => void pending.push(() => accept(...exchange)));
    await scene.untilDue();
    const running = scene.redeliver(handler);
    await scene.catcher.caught(2);
    expect(await scene.record()).toMatchObject({ state: 'SENDING' });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'deferred' });
    for (const finish of pending) finish();
    await running;
  });

  it('is never sent once its appointment has begun', async () => {
    const { scene, handler } = await deferredScene(accept);
    scene.nowMs = Date.parse(appointment.start_time);
    for (const by of ['worker', 'operator'] as const) {
      expect(await scene.redeliver(handler, by)).toMatchObject({ kind: 'lost' });
    }
    const report = await scene.store.sweep({ retentionMs: 1_000, limit: 10 });
    expect(report).toMatchObject({ expired: [bookingKey], due: [] });
    expect(await scene.record()).toMatchObject({ state: 'NOT_SENT', outcome: { code: 'deferral_expired' } });
    expect(scene.catcher.requests).toHaveLength(1);
  });
});

describe('nothing is sent', () => {
  it('for an org without a webhook, or that is gone: the operator is told, the worker comes back later', async () => {
    const { scene } = await deferredScene(accept);
    await scene.untilDue();
    const bare = pipeline(opened, { store: scene.store, edge: scene.edge, options: { alarm: noAlarm } });
    const gone = pipeline(opened, { store: scene.store, edge: scene.edge, options: { alarm: noAlarm, orgs: [] } });
    expect(await scene.redeliver(bare, 'operator')).toEqual({ kind: 'impossible', code: 'no_webhook' });
    expect(await scene.redeliver(gone, 'operator')).toEqual({ kind: 'impossible', code: 'unknown_org' });
    expect(await scene.redeliver(bare)).toMatchObject({ kind: 'done', record: { state: 'DEFERRED', fence: 2 } });
    await scene.untilDue();
    expect(await scene.redeliver(gone)).toMatchObject({ kind: 'done', record: { state: 'DEFERRED', fence: 3 } });
    expect(scene.catcher.requests).toHaveLength(1);
  });

  it('while the process stops; what is being sent is waited for', async () => {
    const pending: (() => void)[] = [];
    const { scene, handler } = await deferredScene((...exchange) => void pending.push(() => accept(...exchange)));
    await scene.untilDue();
    const running = scene.redeliver(handler);
    await scene.catcher.caught(2);
    handler.drain();
    expect(await scene.redeliver(handler)).toEqual({ kind: 'impossible', code: 'draining' });
    for (const finish of pending) finish();
    await handler.idle();
    expect(await scene.record()).toMatchObject({ state: 'ACCEPTED' });
    await running;
  });

  it('when the store does not confirm that it begins, and the promise stays', async () => {
    const { scene, handler } = await deferredScene(accept);
    await scene.untilDue();
    scene.store.faults = {
      startSending: { reason: 'slow', isWritten: true },
      get: { reason: 'slow', isWritten: false, times: 1 },
    };
    const { fence } = await scene.store.list({ limit: 1 }).then(({ records: [record] }) => ({ fence: record?.fence }));
    expect(await handler.redeliver(bookingKey, fence ?? 0, 'worker')).toMatchObject({
      kind: 'done',
      record: { state: 'DEFERRED', outcome: { code: 'not_recorded' } },
    });
    expect(scene.catcher.requests).toHaveLength(1);
  });

  it('when the answer to the claim is lost, and the promise is due again at once', async () => {
    const { scene, handler } = await deferredScene(accept);
    await scene.untilDue();
    const { fence } = await scene.record();
    scene.store.breakDown();
    scene.store.faults.reclaim = { reason: 'slow', isWritten: true };
    await expect(handler.redeliver(bookingKey, fence, 'worker')).rejects.toThrow(StoreUnavailableError);
    scene.store.faults = {};
    await handler.recordLate();
    expect(await scene.record()).toMatchObject({ state: 'DEFERRED', nextTryAtMs: scene.nowMs });
    expect(await scene.redeliver(handler)).toMatchObject({ kind: 'done', record: { state: 'ACCEPTED' } });
    expect(scene.catcher.requests).toHaveLength(2);
  });
});

it('an outcome that cannot be recorded at once is recorded later, and nothing is sent twice', async () => {
  const { scene, handler } = await deferredScene((response, request) => {
    scene.store.breakDown();
    accept(response, request);
  });
  await scene.untilDue();
  await expect(scene.redeliver(handler)).rejects.toThrow(StoreUnavailableError);
  scene.store.faults = {};
  await handler.recordLate();
  expect(await scene.record()).toMatchObject({ state: 'ACCEPTED' });
  expect(scene.catcher.requests).toHaveLength(2);
});
