import { setImmediate as turn } from 'node:timers/promises';
import { realEdge } from '../../pipeline/edge';
import { outcomeOf, type ToolOutcome } from '../../pipeline';
import { MemoryStore } from '../../pipeline/store/memory';
import { appointment } from '../pipeline/support/appointment';
import { Closing } from '../pipeline/support/closing';
import { bookingCall, pipeline } from '../pipeline/support/pipeline';
import { accept, hang, WebhookCatcher } from '../pipeline/support/webhook-catcher';
import { cut, type Fault, FaultProxy, reset } from '../support/fault-proxy';

/*
 * Faults at a moment nobody can choose, so that more than one outcome is right. What holds for each: the webhook gets
 * no request twice, success is one request, and what was not sent is none.
 */

const opened = new Closing();
afterEach(() => opened.all());

async function open({ deadlineMs = 20_000 }: { readonly deadlineMs?: number } = {}) {
  const hook = opened.add(await WebhookCatcher.start(), (catcher) => catcher.close());
  const proxy = opened.add(await FaultProxy.start(hook.port), (each) => each.close());
  const handler = pipeline(opened, {
    store: new MemoryStore(),
    url: `http://127.0.0.1:${proxy.port}/hooks/catch/1/secret/`,
    webhook: { maxConcurrent: 1 },
    edge: { ...realEdge, random: () => 0 },
    deadlineMs,
  });
  const book = async (title: string): Promise<ToolOutcome> =>
    outcomeOf(await handler.handleToolCall(bookingCall({ toolArgs: { ...appointment, title } })));
  const receivedOf = (title: string) => hook.requests.filter(({ body }) => body.includes(JSON.stringify(title))).length;

  /** Checks an outcome, and that of the same call now that nothing is in its way. */
  const expectHonest = async (title: string, outcome: ToolOutcome): Promise<void> => {
    const received = receivedOf(title);
    const again = { outcome: await book(title), received: receivedOf(title) };
    switch (outcome) {
      case 'success':
        expect({ received, again }).toEqual({ received: 1, again: { outcome: 'duplicate', received: 1 } });
        break;
      case 'not_sent':
        expect({ received, again }).toEqual({ received: 0, again: { outcome: 'success', received: 1 } });
        break;
      default:
        expect(again).toEqual({ outcome: 'unknown', received });
        expect(received).toBeLessThanOrEqual(1);
    }
  };
  return { hook, proxy, book, receivedOf, expectHonest };
}

describe('a kept connection', () => {
  const turnsToWait = [0, 1, 2, 3, 4, 5];

  it.each([
    ['cut', cut],
    ['reset', reset],
  ])('that is %s just as the next request is written', async (_name, end) => {
    const { proxy, book, expectHonest } = await open();
    for (const [round, turns] of [...turnsToWait, ...turnsToWait, ...turnsToWait].entries()) {
      expect(await book(`kept ${round}`)).toBe('success');

      const booking = book(`cut off ${round}`);
      for (let passed = 0; passed < turns; passed += 1) await turn();
      proxy.down.fault = end();
      await proxy.heal();
      await expectHonest(`cut off ${round}`, await booking);
    }
  });

  it.each<[string, Fault]>([
    ['cut at the first byte of the next request', cut({ before: 1 })],
    ['reset at the first byte of the next request', reset({ before: 1 })],
    ['cut within the next request', cut({ after: 100 })],
    ['reset within the next request', reset({ after: 100 })],
  ])('that is %s', async (_name, fault) => {
    const { proxy, book, receivedOf } = await open();
    expect(await book('kept')).toBe('success');
    proxy.up.fault = fault;
    expect(await book('lost')).toBe('unknown');
    await proxy.heal();
    expect(await book('lost')).toBe('unknown');
    expect({ received: receivedOf('lost'), connections: proxy.connections }).toEqual({ received: 0, connections: 1 });
    expect(await book('the next one')).toBe('success');
  });
});

it('a connection that is reset as it comes up', async () => {
  const { proxy, book, receivedOf, expectHonest } = await open();
  for (let round = 0; round < 10; round += 1) {
    const title = `round ${round}`;
    proxy.up.fault = reset();
    const outcome = await book(title);
    expect(['not_sent', 'unknown']).toContain(outcome);
    expect(receivedOf(title)).toBe(0);
    await proxy.heal();
    await expectHonest(title, outcome);
  }
});

it('a deadline that passes while calls wait for a place', async () => {
  const { hook, book, expectHonest } = await open({ deadlineMs: 3_000 });
  hook.answers = [hang];
  const titles = ['first', 'second', 'third', 'fourth', 'fifth'];
  const outcomes = await Promise.all(titles.map(async (title) => ({ title, outcome: await book(title) })));
  expect(outcomes[0]).toEqual({ title: 'first', outcome: 'unknown' });
  expect(outcomes).toContainEqual({ title: 'fifth', outcome: 'not_sent' });

  hook.answers = [accept];
  for (const { title, outcome } of outcomes) await expectHonest(title, outcome);
});
