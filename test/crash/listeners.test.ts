import { type Log } from '../../pipeline';
import { MemoryStore } from '../../pipeline/store/memory';
import { Closing } from '../pipeline/support/closing';
import { LogLines } from '../pipeline/support/log-lines';
import { bookingCall, pipeline } from '../pipeline/support/pipeline';
import { catching, status } from '../pipeline/support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());
const catcher = catching(opened);

const fail = (): never => {
  throw new Error('broken');
};
const brokenLog: Log = { debug: fail, info: fail, warn: fail, error: fail };
const brokenObservers = { observe: fail, observeDelivery: fail };

it.each([
  ['a log', brokenLog, {}],
  ['an observer', undefined, brokenObservers],
  ['all of them', brokenLog, brokenObservers],
])('%s that throws changes nothing about an intent', async (_what, log, options) => {
  const hook = await catcher();
  const handler = pipeline(opened, { store: new MemoryStore(), url: hook.url, options, ...(log && { log }) });
  expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
  expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: true });
  expect(hook.requests).toHaveLength(1);
});

it('nor does it where the intent fails', async () => {
  const hook = await catcher(status(500));
  const store = new MemoryStore();
  const handler = pipeline(opened, { store, url: hook.url, log: brokenLog, options: brokenObservers });
  expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: false, status: 'unknown' });
  expect(await store.counts()).toMatchObject({ UNKNOWN: 1, SENDING: 0 });
});

it('an observer that throws is told of in the log', async () => {
  const hook = await catcher();
  const log = new LogLines();
  const handler = pipeline(opened, { store: new MemoryStore(), url: hook.url, log, options: brokenObservers });
  await handler.handleToolCall(bookingCall());
  const told = log.lines.filter(({ message }) => message === 'Observer failed');
  expect(told).toMatchObject([{ level: 'error' }, { level: 'error' }]);
  expect(JSON.stringify(told)).not.toContain('broken');
});
