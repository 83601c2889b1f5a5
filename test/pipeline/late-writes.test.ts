import { realEdge } from '../../pipeline/edge';
import { LateWrites } from '../../pipeline/late-writes';
import { silentLog } from '../../pipeline/log';
import { type IntentState, StoreUnavailableError } from '../../pipeline/store/store';
import { Closing } from './support/closing';
import { FailingStore } from './support/failing-store';
import { LogLines } from './support/log-lines';
import { bookingCall, bookingKey, pipeline } from './support/pipeline';
import { accept, type Answer, catching, status } from './support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);

describe('an outcome that the store could not take', () => {
  it.each<[string, Answer, string, IntentState]>([
    ['a success', accept, 'unknown', 'ACCEPTED'],
    ['a refusal', status(400), 'unavailable', 'REJECTED'],
    ['that nothing was done', status(429), 'unavailable', 'NOT_SENT'],
    ['a doubt', status(500), 'unknown', 'UNKNOWN'],
  ])('is recorded when the store is back: %s', async (_what, answer, told, state) => {
    const catcher = await catcherWith((response, request) => {
      store.breakDown();
      answer(response, request);
    });
    const store = new FailingStore();
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: false, status: told });

    store.faults = {};
    await handler.idle();
    expect(await store.get(bookingKey)).toMatchObject({ state, fence: 1 });
    expect(catcher.requests).toHaveLength(1);
  });

  it('is recorded at once where somebody asks for it, as before a sweep', async () => {
    const catcher = await catcherWith((response, request) => {
      store.breakDown();
      accept(response, request);
    });
    const store = new FailingStore();
    const handler = pipeline(opened, { store, url: catcher.url });
    await handler.handleToolCall(bookingCall());
    store.faults = {};
    await handler.recordLate();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'ACCEPTED' });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: true });
  });

  it('is not said to have been recorded where a claim failed and left nothing', async () => {
    const log = new LogLines();
    const store = new FailingStore();
    const handler = pipeline(opened, { store, log, url: 'http://127.0.0.1:9' });
    store.breakDown();
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unavailable' });
    store.faults = {};
    await handler.recordLate();
    expect(log.messages).not.toContain('Intent outcome was recorded late');
    expect(await store.get(bookingKey)).toBeUndefined();
  });

  it('does not replace what somebody else has decided', async () => {
    let nowMs = 1_750_000_000_000;
    const catcher = await catcherWith((response, request) => {
      store.breakDown();
      accept(response, request);
    });
    const store = new FailingStore({ now: () => nowMs });
    const handler = pipeline(opened, { store, url: catcher.url });
    await handler.handleToolCall(bookingCall());
    store.faults = {};
    nowMs += 60_000;
    await store.sweep({ retentionMs: 1_000, limit: 10 });
    await handler.recordLate();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'UNKNOWN', outcome: { code: 'lease_over' } });
  });

  it('is waited for when the program stops, but not for ever', async () => {
    const log = new LogLines();
    const catcher = await catcherWith((response, request) => {
      store.breakDown();
      accept(response, request);
    });
    const store = new FailingStore();
    const handler = pipeline(opened, { store, url: catcher.url, log });
    await handler.handleToolCall(bookingCall());
    handler.drain();
    await handler.idle();
    await handler.close();
    expect(log.lines).toContainEqual({
      level: 'error',
      fields: { count: 1 },
      message: 'Intent outcomes were not recorded',
    });
  });
});

describe('a send that was not made because the store did not confirm it', () => {
  it('does not look like one when the store is back', async () => {
    const catcher = await catcherWith();
    const store = new FailingStore();
    store.breakDown();
    delete store.faults.claim;
    store.faults.startSending = { reason: 'slow', isWritten: true };
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unavailable', should_retry: true });

    store.faults = {};
    expect(await store.get(bookingKey)).toMatchObject({ state: 'SENDING' });
    await handler.idle();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'NOT_SENT' });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
  });
});

describe('a claim whose answer got lost', () => {
  it('is given back, and keeps nobody off', async () => {
    const catcher = await catcherWith();
    const store = new FailingStore();
    store.breakDown();
    store.faults.claim = { reason: 'slow', isWritten: true };
    const handler = pipeline(opened, { store, url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'unavailable' });

    store.faults = {};
    await handler.idle();
    expect(await store.get(bookingKey)).toMatchObject({ state: 'NOT_SENT' });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
  });
});

describe('late writes', () => {
  const lateWrites = (log = silentLog): LateWrites =>
    opened.add(new LateWrites(realEdge, log), (writes) => writes.stop());
  const gone = (): Promise<void> => Promise.reject(new StoreUnavailableError('down', 'On purpose.'));

  it('are tried the oldest first, and no further than the store takes them', async () => {
    const writes = lateWrites();
    const tried: string[] = [];
    let isUp = false;
    writes.add(() => {
      tried.push('first');
      return isUp ? Promise.resolve() : gone();
    });
    writes.add(() => Promise.resolve(void tried.push('second')));
    await writes.flush();
    expect(tried).toEqual(['first']);
    isUp = true;
    await writes.flush();
    expect(tried).toEqual(['first', 'first', 'second']);
    expect(writes.size).toBe(0);
  });

  it('are given up by a fault of the program, which is logged', async () => {
    const log = new LogLines();
    const writes = lateWrites(log);
    writes.add(() => Promise.reject(new TypeError('On purpose.')));
    await writes.flush();
    expect(writes.size).toBe(0);
    expect(log.messages).toEqual(['Intent outcome could not be recorded by a fault of the program']);
  });

  it('are bounded in number', () => {
    const log = new LogLines();
    const writes = lateWrites(log);
    for (let count = 0; count < 10_001; count += 1) writes.add(() => gone());
    expect(writes.size).toBe(10_000);
    expect(log.messages).toEqual(['Intent outcome is given up: too many wait to be recorded']);
  });
});
