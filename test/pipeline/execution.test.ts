import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { rejectedCooldownMs } from '../../pipeline/execution-service';
import { intentId } from '../../pipeline/intent';
import { MemoryStore } from '../../pipeline/store/memory';
import { type IntentKey, type IntentRecord } from '../../pipeline/store/store';
import { defineTool, type ToolContext } from '../../pipeline/tool';
import { ToolFailure } from '../../pipeline/tool-failure';
import { failureStatuses, type ToolResult } from '../../pipeline/tool-result';
import { Closing } from './support/closing';
import { FailingStore } from './support/failing-store';
import { LogLines } from './support/log-lines';
import { bookingCall, bookingKey, orgId, pipeline } from './support/pipeline';
import { accept, catching, hang, status } from './support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);

/** A tool that does what the test says; its key is `id` alone. */
const toolThat = (execute: (ctx: ToolContext, note: string | undefined) => Promise<string> | string) =>
  defineTool({
    name: 'act',
    description: 'Acts.',
    parameters: z.object({ id: z.string(), note: z.string().optional() }),
    once: { key: ({ id }) => [id], idName: 'act_id' },
    execute: ({ note }, ctx) => execute(ctx, note),
  });

const deferred = {
  success: true,
  status: 'deferred',
  message: 'Your request is noted; a confirmation will be sent to user@example.com',
};

const act = (id: string, note?: string) => ({ orgId, toolName: 'act', toolArgs: { id, ...(note && { note }) } });
const actKey = (id: string): IntentKey => ({ orgId, tool: 'act', intentId: intentId([id]) });

describe('a webhook', () => {
  it('that refused is asked again after the cool-down', async () => {
    let nowMs = 1_750_000_000_000;
    const catcher = await catcherWith(status(400), accept);
    const handler = pipeline(opened, { store: new MemoryStore({ now: () => nowMs }), url: catcher.url });
    await handler.handleToolCall(bookingCall());
    nowMs += rejectedCooldownMs - 1;
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'rejected' });
    nowMs += 1;
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
  });

  it('that hangs is left at the deadline, with an answer and a record', async () => {
    const catcher = await catcherWith(hang);
    const store = new MemoryStore();
    const handler = pipeline(opened, { store, url: catcher.url, deadlineMs: 1_500 });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unknown', should_retry: false });
    expect(await store.get(bookingKey)).toMatchObject({
      state: 'UNKNOWN',
      outcome: { code: 'timeout' },
      body: catcher.requests[0]?.body,
    });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unknown' });
    expect(catcher.requests).toHaveLength(1);
  });

  it('that is missing makes it not_configured, and a later one is used', async () => {
    const store = new MemoryStore();
    const bare = pipeline(opened, { store });
    expect(await bare.handleToolCall(bookingCall())).toMatchObject({ status: 'not_configured', should_retry: false });
    const catcher = await catcherWith();
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
  });

  it('leaves its id and status in the record, but no argument', async () => {
    const catcher = await catcherWith();
    const store = new MemoryStore();
    await pipeline(opened, { store, url: catcher.url }).handleToolCall(bookingCall());
    const record = await store.get(bookingKey);
    expect(record).toMatchObject({ state: 'ACCEPTED', attempts: 1, outcome: { httpStatus: 200, remoteId: 'zap-1' } });
    expect(JSON.stringify(record)).not.toMatch(/Demo|example\.com/);
  });
});

describe('a store', () => {
  const failing = (): FailingStore => new FailingStore();

  it.each(['claim', 'startSending'] as const)('that fails at %s lets nothing be sent', async (operation) => {
    const catcher = await catcherWith();
    const store = failing();
    store.faults[operation] = { reason: 'down', isWritten: false };
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unavailable', should_retry: true });
    expect(catcher.requests).toHaveLength(0);

    store.faults = {};
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
  });

  it('that is full lets nothing be sent', async () => {
    const catcher = await catcherWith();
    const store = failing();
    store.faults.claim = { reason: 'full', isWritten: false };
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unavailable' });
    expect(catcher.requests).toHaveLength(0);
  });

  it('that cannot keep the outcome makes it unknown', async () => {
    const catcher = await catcherWith();
    const store = failing();
    store.faults.settle = { reason: 'down', isWritten: false };
    const handler = pipeline(opened, { store, url: catcher.url });
    const result = await handler.handleToolCall(bookingCall());
    expect(result).toMatchObject({ status: 'unknown', should_retry: false, appointment_id: bookingKey.intentId });
    expect(catcher.requests).toHaveLength(1);
  });

  it('that fails once at keeping the outcome is asked again', async () => {
    const catcher = await catcherWith();
    const store = failing();
    store.faults = {
      settle: { reason: 'slow', isWritten: false, times: 1 },
      get: { reason: 'slow', isWritten: false, times: 1 },
    };
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
    expect(await store.get(bookingKey)).toMatchObject({ state: 'ACCEPTED' });
  });

  it('whose answer to keeping the outcome is lost, and which then cannot be read, is asked again', async () => {
    const catcher = await catcherWith();
    const store = failing();
    store.faults = {
      settle: { reason: 'slow', isWritten: true, times: 1 },
      get: { reason: 'slow', isWritten: false, times: 1 },
    };
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
  });

  it('that cannot keep that nothing was sent makes it unavailable', async () => {
    const catcher = await catcherWith(status(429));
    const store = failing();
    store.faults.settle = { reason: 'down', isWritten: false };
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unavailable', should_retry: true });
  });

  it('that fails when a send is to begin is waited for no longer', async () => {
    const catcher = await catcherWith();
    const store = failing();
    store.faults.startSending = { reason: 'slow', isWritten: false };
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const settle = store.settle.bind(store);
    jest.spyOn(store, 'settle').mockImplementation((settlement) => released.then(() => settle(settlement)));
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unavailable', should_retry: true });
    expect(catcher.requests).toHaveLength(0);

    release(undefined);
    await handler.idle();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'NOT_SENT' });
  });

  it.each(['claim', 'startSending', 'settle'] as const)(
    'whose answer to %s is lost is read back',
    async (operation) => {
      const catcher = await catcherWith();
      const store = failing();
      store.faults[operation] = { reason: 'slow', isWritten: true };
      const handler = pipeline(opened, { store, url: catcher.url });
      expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
      expect(catcher.requests).toHaveLength(1);
    },
  );

  it('that cannot be read back either lets nothing be sent', async () => {
    const catcher = await catcherWith();
    const store = failing();
    store.faults.claim = { reason: 'slow', isWritten: true };
    store.faults.get = { reason: 'slow', isWritten: false };
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unavailable' });
    expect(catcher.requests).toHaveLength(0);
  });
});

it('begins nothing when the store says yes only after the deadline', async () => {
  const store = new MemoryStore();
  const startSending = store.startSending.bind(store);
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  jest.spyOn(store, 'startSending').mockImplementation(async (start) => {
    await released;
    return startSending(start);
  });
  const execute = jest.fn(() => 'done');
  const handler = pipeline(opened, { store, tools: [toolThat(execute)], deadlineMs: 200 });
  expect(await handler.handleToolCall(act('1'))).toMatchObject({ status: 'not_sent', should_retry: true });

  release();
  await handler.idle();
  expect(execute).not.toHaveBeenCalled();
  expect(await store.get(actKey('1'))).toMatchObject({ state: 'NOT_SENT' });
});

describe('another holder', () => {
  it('that is still at it past our deadline makes it in_progress', async () => {
    const catcher = await catcherWith(hang);
    const store = new MemoryStore();
    const first = pipeline(opened, { store, url: catcher.url, deadlineMs: 20_000 });
    const second = pipeline(opened, { store, url: catcher.url, deadlineMs: 300 });
    const running = first.handleToolCall(bookingCall());
    await catcher.caught(1);
    expect(await second.handleToolCall(bookingCall())).toMatchObject({ status: 'in_progress', should_retry: false });
    await catcher.close();
    expect(await running).toMatchObject({ status: 'unknown' });
    expect(catcher.requests).toHaveLength(1);
  });

  it('whose lease ran out in the middle of a send leaves it unknown', async () => {
    let nowMs = 1_750_000_000_000;
    const store = new MemoryStore({ now: () => nowMs });
    const claim = await store.claim({
      key: actKey('1'),
      fingerprint: 'other',
      owner: 'gone',
      leaseMs: 5_000,
      rejectedCooldownMs,
    });
    await store.startSending({ key: actKey('1'), owner: 'gone', fence: claim.record.fence, leaseMs: 5_000 });
    nowMs += 5_000;
    const tool = toolThat(() => 'done');
    // The fingerprint differs, so that the answer is a conflict; with the same one it would be unknown.
    const handler = pipeline(opened, { store, tools: [tool] });
    expect(await handler.handleToolCall(act('1'))).toMatchObject({ status: 'conflict' });
    expect(await store.get(actKey('1'))).toMatchObject({ state: 'UNKNOWN' });
  });

  it.each<[IntentRecord['state'], object]>([
    ['CONFIRMED', { success: true, is_duplicate: true }],
    ['FAILED_LATER', { success: false, status: 'rejected' }],
    ['DEFERRED', { ...deferred, email_sent: false, is_duplicate: false }],
  ])('may have left it %s', async (state, answer) => {
    const store = new MemoryStore();
    jest.spyOn(store, 'claim').mockImplementation(({ key, fingerprint }) => {
      const common = { key, fingerprint, fence: 1, attempts: 1, createdAtMs: 0, updatedAtMs: 0, outcome: {} };
      // Members and state belong together, which the table cannot tell the compiler.
      const record = { ...common, state, retainUntilMs: 0 } as IntentRecord;
      return Promise.resolve({ kind: 'held', record });
    });
    const handler = pipeline(opened, { store });
    const result = await handler.handleToolCall(bookingCall());
    expect(result).toMatchObject({ ...answer, appointment_id: bookingKey.intentId });
  });
});

describe('a tool of one’s own', () => {
  it('runs once, and its reply is kept for repeats', async () => {
    const store = new MemoryStore();
    let runs = 0;
    const tool = defineTool({
      name: 'note',
      description: 'Notes.',
      parameters: z.object({ text: z.string() }),
      once: {},
      execute: () => ({ message: 'Noted.', facts: { number: (runs += 1), success: false } }),
    });
    for (const isDuplicate of [false, true]) {
      const handler = pipeline(opened, { store, tools: [tool] });
      const result = await handler.handleToolCall({ orgId, toolName: 'note', toolArgs: { text: 'a' } });
      expect(result).toEqual({ success: true, message: 'Noted.', number: 1, is_duplicate: isDuplicate });
    }
    expect(runs).toBe(1);
  });

  it('that is the same wish with other arguments is a conflict, under way and afterwards', async () => {
    let finish: (text: string) => void = () => undefined;
    const tool = toolThat(() => new Promise((resolve) => (finish = resolve)));
    const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool] });
    const first = handler.handleToolCall(act('1', 'a'));
    await setImmediate();
    expect(await handler.handleToolCall(act('1', 'b'))).toMatchObject({
      status: 'conflict',
      act_id: actKey('1').intentId,
    });
    finish('done');
    expect(await first).toMatchObject({ success: true });
    expect(await handler.handleToolCall(act('1', 'b'))).toMatchObject({ status: 'conflict' });
    expect(await handler.handleToolCall(act('1', 'a'))).toMatchObject({ is_duplicate: true });
  });

  it('that throws leaves it unknown, and says nothing of the error', async () => {
    const log = new LogLines();
    let runs = 0;
    const tool = toolThat(() => {
      runs += 1;
      throw new Error('secret words');
    });
    const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool], log });
    const result = await handler.handleToolCall(act('1'));
    expect(result).toMatchObject({ status: 'unknown', should_retry: false });
    expect(await handler.handleToolCall(act('1'))).toEqual(result);
    expect(runs).toBe(1);
    expect(JSON.stringify([result, log.lines])).not.toContain('secret words');
  });

  it('may say that nothing happened, in its own words, and is run again', async () => {
    const tool = toolThat((_ctx, note) => {
      throw new ToolFailure('not_sent', `The line is ${note ?? 'busy'}.`);
    });
    const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool] });
    expect(await handler.handleToolCall(act('1'))).toEqual({
      success: false,
      status: 'not_sent',
      error: 'The line is busy.',
      should_retry: true,
      clarification:
        'EXECUTION_NOT_SENT: The line is busy. Tell the user that it has not been done, and offer to try once more.',
      act_id: actKey('1').intentId,
    });
    expect(await handler.handleToolCall(act('1', 'down'))).toMatchObject({ error: 'The line is down.' });
  });

  it('may say so with another copy of the class', async () => {
    const copy = class extends Error {
      readonly code = 'tool_failure';
      readonly status = 'rejected';
      readonly reason = 'There is no such room.';
      readonly evidence = {};
    };
    const tool = toolThat(() => {
      throw new copy();
    });
    const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool] });
    expect(await handler.handleToolCall(act('1'))).toMatchObject({
      status: 'rejected',
      error: 'There is no such room.',
    });
  });

  it('cannot say that nothing happened after its delivery has arrived', async () => {
    const catcher = await catcherWith();
    const tool = toolThat(async ({ deliver }) => {
      await deliver();
      throw new ToolFailure('not_sent');
    });
    const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool], url: catcher.url });
    expect(await handler.handleToolCall(act('1'))).toMatchObject({ status: 'unknown' });
  });

  it('delivers at most once per call', async () => {
    const catcher = await catcherWith();
    const tool = toolThat(async ({ deliver }) => {
      await deliver({ part: 1 });
      await deliver({ part: 2 });
      return 'done';
    });
    const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool], url: catcher.url });
    expect(await handler.handleToolCall(act('1'))).toMatchObject({ status: 'unknown' });
    expect(catcher.requests).toHaveLength(1);
    expect(catcher.requests[0]?.body).toContain('"tool_args":{"part":1}');
  });

  it('that takes too long is answered at the deadline, and recorded when it ends', async () => {
    const store = new MemoryStore();
    let finish: (text: string) => void = () => undefined;
    let isAborted = false;
    const tool = toolThat(({ signal }) => {
      signal.addEventListener('abort', () => (isAborted = true));
      return new Promise((resolve) => (finish = resolve));
    });
    const handler = pipeline(opened, { store, tools: [tool], deadlineMs: 200 });
    expect(await handler.handleToolCall(act('1'))).toMatchObject({ status: 'unknown' });
    expect(isAborted).toBe(true);
    expect(await handler.handleToolCall(act('1'))).toMatchObject({ status: 'in_progress' });

    finish('done');
    await handler.idle();
    expect(await store.get(actKey('1'))).toMatchObject({ state: 'ACCEPTED' });
    expect(await handler.handleToolCall(act('1'))).toMatchObject({
      success: true,
      message: 'done',
      is_duplicate: true,
    });
  });

  it('without once runs every time and is not stored', async () => {
    const store = new MemoryStore();
    let runs = 0;
    const tool = defineTool({
      name: 'look',
      description: 'Looks.',
      parameters: z.object({}),
      execute: () => `Seen ${(runs += 1)}.`,
    });
    const handler = pipeline(opened, { store, tools: [tool] });
    const call = { orgId, toolName: 'look', toolArgs: '' };
    const results: ToolResult[] = await Promise.all([handler.handleToolCall(call), handler.handleToolCall(call)]);
    expect(results).toEqual([
      { success: true, message: 'Seen 1.', is_duplicate: false },
      { success: true, message: 'Seen 2.', is_duplicate: false },
    ]);
    expect(Object.values(await store.counts()).every((count) => count === 0)).toBe(true);
  });

  it('is cut to the length the model may be given', async () => {
    const tool = defineTool({
      name: 'talk',
      description: 'Talks.',
      parameters: z.object({ facts: z.boolean() }),
      once: {},
      execute: ({ facts }) => (facts ? { message: 'ok', facts: { a: 'x'.repeat(5_000) } } : 'é'.repeat(5_000)),
    });
    const limits = { toolOutputBytes: 1_000 };
    const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool], limits });
    const talk = (facts: boolean) => handler.handleToolCall({ orgId, toolName: 'talk', toolArgs: { facts } });
    expect(await talk(true)).toEqual({ success: true, message: 'ok', is_duplicate: false });
    expect(Buffer.byteLength(JSON.stringify(await talk(false)))).toBeLessThanOrEqual(1_000);
  });

  it.each([900, 1_000, 1_100, 5_000])('has no larger result than allowed, with a reply of %i bytes', async (size) => {
    const text = 'x'.repeat(size);
    const tool = toolThat((_ctx, note) => {
      if (note === 'fail') throw new ToolFailure('not_sent', text);
      return text;
    });
    const limits = { toolOutputBytes: 1_000 };
    const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool], limits });
    expect(Buffer.byteLength(JSON.stringify(await handler.handleToolCall(act('1'))))).toBeLessThanOrEqual(1_000);
    expect(Buffer.byteLength(JSON.stringify(await handler.handleToolCall(act('1'))))).toBeLessThanOrEqual(1_000);
    const failed = await handler.handleToolCall(act('2', 'fail'));
    expect('error' in failed && failed.error).toHaveLength(500);
  });
});

describe('draining', () => {
  it('starts nothing new, finishes what runs and knows when that is recorded', async () => {
    const catcher = await catcherWith();
    const pending: (() => void)[] = [];
    catcher.answers = [(response, request) => void pending.push(() => accept(response, request))];
    const store = new MemoryStore();
    const handler = pipeline(opened, { store, url: catcher.url });
    const running = handler.handleToolCall(bookingCall());
    await catcher.caught(1);

    handler.drain();
    expect(await handler.handleToolCall({ orgId, toolName: 'escalate_call', toolArgs: '', callId: 'c' })).toMatchObject(
      { status: 'unavailable_now', should_retry: false },
    );
    const joined = handler.handleToolCall(bookingCall());

    for (const finish of pending) finish();
    await handler.idle();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'ACCEPTED' });
    expect(await running).toMatchObject({ is_duplicate: false });
    expect(await joined).toMatchObject({ is_duplicate: true });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: true });
  });
});

it('has words and a clear rule about retrying for every status', async () => {
  const seen = new Map<string, boolean>();
  const tool = toolThat((_ctx, note) => {
    throw new ToolFailure(note as ConstructorParameters<typeof ToolFailure>[0]);
  });
  const handler = pipeline(opened, { store: new MemoryStore(), tools: [tool] });
  for (const name of failureStatuses) {
    if (['in_progress', 'conflict', 'unknown_tool'].includes(name)) continue;
    const result = await handler.handleToolCall(act(name, name));
    if (result.success || !('status' in result)) throw new Error(`There is no failure for ${name}.`);
    expect(Object.keys(result)).toEqual(['success', 'status', 'error', 'should_retry', 'clarification', 'act_id']);
    expect(result.clarification).toBe(`EXECUTION_${name.toUpperCase()}: ${result.clarification.replace(/^\w+: /, '')}`);
    seen.set(result.status, result.should_retry);
  }
  expect(Object.fromEntries(seen)).toEqual({
    not_sent: true,
    unavailable: true,
    unknown: false,
    rejected: false,
    not_configured: false,
    unavailable_now: false,
  });
});
