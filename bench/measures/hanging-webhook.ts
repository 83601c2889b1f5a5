import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, openCalls } from '../load/calls';
import { bookAppointment, userSpeaks } from '../load/conversation';
import { speechOf } from '../load/speech';
import { Traffic, type Window } from '../load/traffic';
import { Upstream } from '../load/upstream';
import { Webhook } from '../load/webhook';
import { type Figure, type Measure } from '../measure';
import { figuresOf } from '../rounds';

/** Whether audio waits for a webhook that does not answer. */
export const hangingWebhook: Measure = {
  name: 'hanging-webhook',
  title:
    '50 calls, 20 ms frames both ways, while every call waits for a tool whose webhook hangs for its whole deadline',
  async run({ quick, rounds, relay, tell }) {
    const deadlineMs = quick ? 1_000 : 8_000;
    // No two calls come in the same millisecond. The last one's time is over at the end of the window.
    const spreadMs = deadlineMs / 4;
    const windowMs = deadlineMs + spreadMs;
    const upstream = await Upstream.start();
    const webhook = await Webhook.start();
    webhook.hangs = true;
    const running = await relay({ webhook: { url: webhook.url, deadlineMs } }).start(upstream.url);
    const calls = await openCalls(running, upstream, quick ? 10 : 50);
    const traffic = new Traffic(calls, { periodMs: 20, speech: (answerId) => speechOf(216, answerId) });
    await sleep(quick ? 300 : 3_000);

    const without: Window[] = [];
    const during: Window[] = [];
    for (let round = 1; round <= rounds; round++) {
      // The same is said before both, and in both the model goes on speaking: only the tool makes the difference.
      const [plain] = await Promise.all([
        traffic.watch(windowMs),
        traffic.interrupt(spreadMs, (call, end) => [...end, ...userSpeaks(`item_plain_${round}_${call}`)]),
      ]);
      const [hanging] = await Promise.all([
        traffic.watch(windowMs),
        traffic.interrupt(spreadMs, (call, end) => {
          const { before, release } = bookAppointment(round * calls.length + call);
          return [...end, ...before, ...release, ...userSpeaks(`item_barge_${round}_${call}`)];
        }),
      ]);
      without.push(plain);
      during.push(hanging);
      tell(`round ${round}: ${webhook.count} webhooks left hanging so far`);
    }

    traffic.stop();
    hangUp(calls);
    await running.stop();
    await Promise.all([upstream.close(), webhook.close()]);
    const pairs = during.map((hanging, round) => ({ hanging, plain: without[round] ?? hanging }));
    const figure = figuresOf(pairs);
    return [
      ...percentiles('nothing hangs', without),
      ...percentiles('webhook hangs', during),
      figure('p99 while it hangs, more than without', 'ms', ({ hanging, plain }) => p99(hanging) - p99(plain), 5),
      figure('frames lost or 2 s late while it hangs', 'frames', ({ hanging }) => hanging.missing),
      { name: 'webhooks left hanging', unit: 'requests', values: [webhook.count] },
    ];
  },
};

const p99 = ({ latency }: Window) => latency.percentile(99);

function percentiles(name: string, windows: readonly Window[]): Figure[] {
  const figure = figuresOf(windows);
  return [
    ...[50, 99, 99.9].map((percent) =>
      figure(`${name}: latency p${percent}`, 'ms', ({ latency }) => latency.percentile(percent)),
    ),
    figure(`${name}: of these, generator late p99`, 'ms', ({ lag }) => lag.percentile(99)),
  ];
}
