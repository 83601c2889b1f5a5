import { setImmediate } from 'node:timers/promises';
import { MemoryStore } from '../../pipeline/store/memory';
import { type IntentKey } from '../../pipeline/store/store';
import { Closing } from './support/closing';
import { FailingStore } from './support/failing-store';
import { bookingCall, bookingKey, pipeline } from './support/pipeline';
import { accept, type Answer, catching, hang } from './support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);

/** Answers only when told to. */
function held(): { readonly answer: Answer; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    answer: (response, request) => void promise.then(() => accept(response, request)),
    release: () => resolve(undefined),
  };
}

describe('a caller whose intent is held in another process', () => {
  it('gets the first one’s result as soon as it is recorded, and asks the store no more than it has to', async () => {
    const { answer, release } = held();
    const catcher = await catcherWith(answer);
    const store = new MemoryStore();
    const first = pipeline(opened, { store, url: catcher.url });
    const second = pipeline(opened, { store, url: catcher.url });
    const running = first.handleToolCall(bookingCall());
    await catcher.caught(1);

    const claims = jest.spyOn(store, 'claim');
    const watches = jest.spyOn(store, 'watch');
    const waiting = second.handleToolCall(bookingCall());
    while (claims.mock.calls.length < 2) await setImmediate();
    release();
    expect(await waiting).toMatchObject({ success: true, is_duplicate: true });
    expect(await running).toMatchObject({ success: true, is_duplicate: false });
    expect(catcher.requests).toHaveLength(1);
    expect(watches).toHaveBeenCalledTimes(1);
    expect(claims).toHaveBeenCalledTimes(3);
  });

  it('does not miss a result that is recorded before it watches', async () => {
    const { answer, release } = held();
    const catcher = await catcherWith(answer);
    class LateWatch extends MemoryStore {
      override async watch(key: IntentKey, onMove: () => void): Promise<() => void> {
        release();
        while ((await this.get(key))?.state !== 'ACCEPTED') await setImmediate();
        return super.watch(key, onMove);
      }
    }
    const store = new LateWatch();
    const first = pipeline(opened, { store, url: catcher.url });
    const second = pipeline(opened, { store, url: catcher.url, deadlineMs: 20_000 });
    const running = first.handleToolCall(bookingCall());
    await catcher.caught(1);
    expect(await second.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: true });
    await running;
  });

  it('takes over where the first one could not send', async () => {
    const pending: (() => void)[] = [];
    const catcher = await catcherWith((response) => void pending.push(() => response.writeHead(429).end()), accept);
    const store = new MemoryStore();
    const first = pipeline(opened, { store, url: catcher.url });
    const second = pipeline(opened, { store, url: catcher.url });
    const running = first.handleToolCall(bookingCall());
    await catcher.caught(1);
    const claims = jest.spyOn(store, 'claim');
    const waiting = second.handleToolCall(bookingCall());
    while (claims.mock.calls.length < 2) await setImmediate();
    for (const answer of pending) answer();
    expect(await running).toMatchObject({ status: 'not_sent' });
    expect(await waiting).toMatchObject({ success: true, is_duplicate: false });
  });

  it('sends nothing when the store cannot tell how it ends', async () => {
    const { answer, release } = held();
    const catcher = await catcherWith(answer);
    const store = new FailingStore();
    const first = pipeline(opened, { store, url: catcher.url });
    const second = pipeline(opened, { store, url: catcher.url });
    const running = first.handleToolCall(bookingCall());
    await catcher.caught(1);
    store.faults.watch = { reason: 'down', isWritten: false };
    expect(await second.handleToolCall(bookingCall())).toMatchObject({ status: 'in_progress', should_retry: false });
    release();
    await running;
    expect(catcher.requests).toHaveLength(1);
  });

  it('is not told that nothing was sent when the store says nothing more in its time', async () => {
    const { answer, release } = held();
    const catcher = await catcherWith(answer);
    const store = new MemoryStore();
    const first = pipeline(opened, { store, url: catcher.url });
    const second = pipeline(opened, { store, url: catcher.url, deadlineMs: 300 });
    const running = first.handleToolCall(bookingCall());
    await catcher.caught(1);
    const { promise: answered, resolve } = Promise.withResolvers<undefined>();
    const claim = store.claim.bind(store);
    let claims = 0;
    jest.spyOn(store, 'claim').mockImplementation(async (wanted) => {
      claims += 1;
      if (claims > 1) await answered;
      return claim(wanted);
    });
    expect(await second.handleToolCall(bookingCall())).toMatchObject({ status: 'in_progress', should_retry: false });
    resolve(undefined);
    release();
    await Promise.all([running, second.idle()]);
  });

  it('watches no longer than it waits', async () => {
    const catcher = await catcherWith(hang);
    const store = new MemoryStore();
    const unwatched = jest.fn();
    const watch = store.watch.bind(store);
    jest.spyOn(store, 'watch').mockImplementation(async (key, onMove) => {
      const unwatch = await watch(key, onMove);
      return () => {
        unwatched();
        unwatch();
      };
    });
    const first = pipeline(opened, { store, url: catcher.url, deadlineMs: 20_000 });
    const second = pipeline(opened, { store, url: catcher.url, deadlineMs: 300 });
    const running = first.handleToolCall(bookingCall());
    await catcher.caught(1);
    expect(await second.handleToolCall(bookingCall())).toMatchObject({ status: 'in_progress' });
    await second.idle();
    expect(unwatched).toHaveBeenCalledTimes(1);
    await catcher.close();
    await running;
  });

  it('still gets the result while its own process is draining', async () => {
    const { answer, release } = held();
    const catcher = await catcherWith(answer);
    const store = new MemoryStore();
    const first = pipeline(opened, { store, url: catcher.url });
    const second = pipeline(opened, { store, url: catcher.url });
    const running = first.handleToolCall(bookingCall());
    await catcher.caught(1);
    const watches = jest.spyOn(store, 'watch');
    const waiting = second.handleToolCall(bookingCall());
    while (watches.mock.calls.length < 1) await setImmediate();
    second.drain();
    release();
    expect(await waiting).toMatchObject({ success: true, is_duplicate: true });
    await running;
    expect(await store.get(bookingKey)).toMatchObject({ state: 'ACCEPTED', attempts: 1 });
  });
});
