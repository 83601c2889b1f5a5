import { z } from 'zod';
import { realEdge } from '../../../pipeline/edge';
import { MemoryStore } from '../../../pipeline/store/memory';
import { defineTool, type ToolReply } from '../../../pipeline/tool';
import { appointment } from '../support/appointment';
import { Closing } from '../support/closing';
import { FailingStore } from '../support/failing-store';
import { bookingCall, bookingKey, orgId, pipeline, type PipelineParts } from '../support/pipeline';
import { accept, catching, status } from '../support/webhook-catcher';
import { noAlarm } from './support/scene';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);

/** An hour before the appointment. */
const nowMs = Date.parse(appointment.start_time) - 3_600_000;
const edge = { ...realEdge, nowMs: () => nowMs, random: () => 0.5 };

const deferred = {
  success: true,
  status: 'deferred',
  message: 'Your request is noted; a confirmation will be sent to user@example.com',
  appointment_id: bookingKey.intentId,
  email_sent: false,
  is_duplicate: false,
};

/** A port on which nobody listens. */
async function deadUrl(): Promise<string> {
  const catcher = await catcherWith();
  const { url } = catcher;
  await catcher.close();
  return url;
}

const deferring = (parts: PipelineParts) =>
  pipeline(opened, {
    edge,
    ...parts,
    webhook: { defer: true, ...parts.webhook },
    options: { alarm: noAlarm, ...parts.options },
  });

/** A tool that does nothing but deliver. */
const noteTool = (once: { key?: () => undefined; deferred?: () => ToolReply }) =>
  defineTool({
    name: 'note',
    description: 'Notes.',
    parameters: z.object({}),
    effect: 'webhook',
    once,
    async execute(_args, { deliver }) {
      await deliver();
      return 'Noted.';
    },
  });
const note = { orgId, toolName: 'note', toolArgs: '' };

const clockedStore = () => new MemoryStore({ now: () => nowMs });

/** Lets an operation of the store begin only when told to. */
function slow(store: MemoryStore, operation: 'startSending' | 'settle') {
  const { promise: released, resolve } = Promise.withResolvers<undefined>();
  const startSending = store.startSending.bind(store);
  const settle = store.settle.bind(store);
  const begun =
    operation === 'settle'
      ? jest.spyOn(store, 'settle').mockImplementation((command) => released.then(() => settle(command)))
      : jest.spyOn(store, 'startSending').mockImplementation((start) => released.then(() => startSending(start)));
  return { release: () => resolve(undefined), hasBegun: () => begun.mock.calls.length > 0 };
}

describe('a call that provably could not be delivered in its time', () => {
  it('is kept to be delivered later, with its exact bytes, and its repeats hear the same', async () => {
    const store = clockedStore();
    const url = await deadUrl();
    const handler = deferring({ store, url });
    expect(await handler.handleToolCall(bookingCall({ callId: 'call_1' }))).toEqual(deferred);
    expect(await store.get(bookingKey)).toMatchObject({
      state: 'DEFERRED',
      outcome: { code: 'refused' },
      body: JSON.stringify({
        intent_id: bookingKey.intentId,
        org_id: orgId,
        call_id: 'call_1',
        tool_name: 'create_appointment',
        tool_args: appointment,
      }),
      nextTryAtMs: nowMs + 500,
      expiresAtMs: Date.parse(appointment.start_time),
    });
    expect(await handler.handleToolCall(bookingCall({ callId: 'call_2' }))).toEqual(deferred);
    expect(await deferring({ store, url }).handleToolCall(bookingCall())).toEqual(deferred);
    expect(await store.get(bookingKey)).toMatchObject({ state: 'DEFERRED', fence: 1 });
  });

  it('is kept when the receiver takes no more for now, and not tried before it wants to be asked', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': '120' }));
    const store = clockedStore();
    expect(await deferring({ store, url: catcher.url }).handleToolCall(bookingCall())).toEqual(deferred);
    expect(await store.get(bookingKey)).toMatchObject({ state: 'DEFERRED', nextTryAtMs: nowMs + 120_500 });
  });

  it('is kept when there was no place for it, and answered in its time', async () => {
    const catcher = await catcherWith();
    const store = clockedStore();
    const { release, hasBegun } = slow(store, 'startSending');
    const handler = deferring({ store, url: catcher.url, deadlineMs: 300, webhook: { maxConcurrent: 1 } });
    const first = handler.handleToolCall(bookingCall({ toolArgs: { ...appointment, title: 'Another' } }));
    while (!hasBegun()) await new Promise(setImmediate);
    expect(await handler.handleToolCall(bookingCall())).toEqual(deferred);
    expect(await store.get(bookingKey)).toMatchObject({ state: 'DEFERRED', outcome: { code: 'no_slot' } });
    release();
    await first;
    expect(catcher.requests).toHaveLength(0);
  });

  it('is kept when the webhook is given a rest', async () => {
    const catcher = await catcherWith(status(500));
    const store = clockedStore();
    const webhook = { breaker: { failures: 1, pauseMs: 60_000, maxPauseMs: 60_000 } };
    const handler = deferring({ store, url: catcher.url, webhook });
    const other = bookingCall({ toolArgs: { ...appointment, title: 'Another' } });
    expect(await handler.handleToolCall(other)).toMatchObject({ status: 'unknown' });
    expect(await handler.handleToolCall(bookingCall())).toEqual(deferred);
    expect(await store.get(bookingKey)).toMatchObject({ state: 'DEFERRED', outcome: { code: 'circuit_open' } });
    expect(catcher.requests).toHaveLength(1);
  });

  it('is kept no longer than the org wants', async () => {
    const store = clockedStore();
    const handler = deferring({ store, url: await deadUrl(), webhook: { deferMaxAgeMs: 60_000 } });
    await handler.handleToolCall(bookingCall());
    expect(await store.get(bookingKey)).toMatchObject({ expiresAtMs: nowMs + 60_000 });
  });
});

describe('a call is not deferred', () => {
  it('where the org does not say so', async () => {
    const handler = deferring({ store: clockedStore(), url: await deadUrl(), webhook: { defer: false } });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'not_sent' });
  });

  it('when its appointment has begun', async () => {
    const late = { ...edge, nowMs: () => Date.parse(appointment.start_time) };
    const handler = deferring({ store: clockedStore(), url: await deadUrl(), edge: late });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'not_sent' });
  });

  it('when its receiver wants to be asked only when it is too late', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': '120' }));
    const store = clockedStore();
    const handler = deferring({ store, url: catcher.url, webhook: { deferMaxAgeMs: 60_000 } });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'not_sent' });
    expect(await store.get(bookingKey)).toMatchObject({ state: 'NOT_SENT' });
  });

  it('when it has no identity under which it could be kept', async () => {
    const tool = noteTool({ key: () => undefined, deferred: () => ({ message: 'Later.' }) });
    const store = clockedStore();
    const handler = deferring({ store, url: await deadUrl(), tools: [tool] });
    expect(await handler.handleToolCall(note)).toMatchObject({ status: 'not_sent' });
    expect(await store.counts()).toMatchObject({ DEFERRED: 0 });
  });

  it('when it may have arrived, or was refused', async () => {
    const catcher = await catcherWith(status(500), status(400));
    const handler = deferring({ store: clockedStore(), url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unknown' });
    const other = bookingCall({ toolArgs: { ...appointment, title: 'Another' } });
    expect(await handler.handleToolCall(other)).toMatchObject({ status: 'rejected' });
  });

  it('when its tool is for now', async () => {
    const tool = noteTool({});
    const handler = deferring({ store: clockedStore(), url: await deadUrl(), tools: [tool] });
    expect(await handler.handleToolCall(note)).toMatchObject({ status: 'not_sent' });
  });

  it('when its tool cannot say what it would tell', async () => {
    const tool = noteTool({
      deferred: () => {
        throw new Error('On purpose.');
      },
    });
    const store = clockedStore();
    const handler = deferring({ store, url: await deadUrl(), tools: [tool] });
    expect(await handler.handleToolCall(note)).toMatchObject({ status: 'not_sent' });
    expect(await store.counts()).toMatchObject({ NOT_SENT: 1, SENDING: 0 });
  });

  it('and a tool whose effect is its own cannot ask for it', () => {
    const definition = { name: 'a', description: 'A.', parameters: z.object({}), execute: () => 'done' };
    expect(() => defineTool({ ...definition, once: { deferred: () => ({ message: 'Later.' }) } })).toThrow(TypeError);
  });
});

describe('a promise', () => {
  it('is not made before it is on record', async () => {
    const store = clockedStore();
    const { release, hasBegun } = slow(store, 'settle');
    let answer: unknown;
    const running = deferring({ store, url: await deadUrl() })
      .handleToolCall(bookingCall())
      .then((result) => (answer = result));
    while (!hasBegun()) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(answer).toBeUndefined();
    release();
    await running;
    expect(answer).toEqual(deferred);
  });

  it('that could not be written is neither made nor denied, and kept when the store is back', async () => {
    const store = new FailingStore({ now: () => nowMs });
    const catcher = await catcherWith((response, request) => {
      store.breakDown();
      status(429)(response, request);
    }, accept);
    const handler = deferring({ store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'in_progress', should_retry: false });
    store.faults = {};
    await handler.idle();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'DEFERRED' });
    expect(await handler.handleToolCall(bookingCall())).toEqual(deferred);
  });

  it('that is written late is kept no longer for that', async () => {
    let laterMs = 0;
    const store = new FailingStore({ now: () => nowMs + laterMs });
    const catcher = await catcherWith((response, request) => {
      store.breakDown();
      status(429)(response, request);
    });
    const late = { ...edge, nowMs: () => nowMs + laterMs, monotonicMs: () => edge.monotonicMs() + laterMs };
    const handler = deferring({ store, url: catcher.url, edge: late });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'in_progress' });
    laterMs = 60_000;
    store.faults = {};
    await handler.recordLate();
    const record = await store.get(bookingKey);
    expect(record).toMatchObject({ state: 'DEFERRED' });
    const startMs = Date.parse(appointment.start_time);
    expect(record && 'expiresAtMs' in record && record.expiresAtMs <= startMs).toBe(true);
  });

  it('is not made to a caller who has been told that nothing will happen', async () => {
    const store = clockedStore();
    const { release } = slow(store, 'startSending');
    const handler = deferring({ store, url: await deadUrl(), deadlineMs: 200 });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'not_sent' });
    release();
    await handler.idle();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'NOT_SENT' });
  });

  it('is not denied at the deadline while it is being written', async () => {
    const store = clockedStore();
    const { release } = slow(store, 'settle');
    const webhook = { breaker: { failures: 1, pauseMs: 60_000, maxPauseMs: 60_000 } };
    const catcher = await catcherWith(status(500));
    const handler = deferring({ store, url: catcher.url, deadlineMs: 300, webhook });
    await handler.handleToolCall(bookingCall({ toolArgs: { ...appointment, title: 'Another' } }));
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'in_progress' });
    release();
    await handler.idle();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'DEFERRED' });
  });
});
