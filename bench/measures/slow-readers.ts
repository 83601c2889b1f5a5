import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, openCalls } from '../load/calls';
import { Flood } from '../load/flood';
import { speechOf } from '../load/speech';
import { Traffic, type Window } from '../load/traffic';
import { Upstream } from '../load/upstream';
import { type Measure, type Stage } from '../measure';
import { figuresOf, inRounds } from '../rounds';
import { type RunningSubject } from '../subjects/subject';

/** What clients that stop reading cost the relay, and everybody else. */
export const slowReaders: Measure = {
  name: 'slow-readers',
  title: '50 calls with 20 ms frames beside 200 clients that stop reading while upstream speaks to them in bursts',
  async run(stage) {
    const figure = figuresOf(await inRounds(stage, measureRound));
    return [
      figure('50 calls alone: latency p99', 'ms', ({ alone }) => p99(alone)),
      figure('beside 200 that read: latency p99', 'ms', ({ reading }) => p99(reading)),
      figure('beside 200 that stopped: latency p99', 'ms', ({ stalled }) => p99(stalled)),
      figure('of these, generator late p99', 'ms', ({ stalled }) => stalled.lag.percentile(99)),
      figure(
        'p99 beside those that stopped, more than beside those that read',
        'ms',
        ({ reading, stalled }) => p99(stalled) - p99(reading),
        10,
      ),
      figure('memory a stalled client, at most', 'KiB', ({ bytesPerStalled }) => bytesPerStalled / 1024, 1024),
      figure('stalled sessions that the relay ended', 'sessions', ({ ended }) => ended),
      figure('frames lost or 2 s late', 'frames', ({ stalled }) => stalled.missing),
    ];
  },
};

const p99 = ({ latency }: Window) => latency.percentile(99);

interface Round {
  readonly alone: Window;
  readonly reading: Window;
  readonly stalled: Window;
  readonly bytesPerStalled: number;
  /** Stalled sessions whose upstream connection the relay gave up. */
  readonly ended: number;
}

async function measureRound({ quick, relay, tell }: Stage): Promise<Round> {
  const windowMs = quick ? 500 : 8_000;
  const upstream = await Upstream.start();
  const running = await relay().start(upstream.url);
  const healthy = await openCalls(running, upstream, quick ? 5 : 50);
  const traffic = new Traffic(healthy, { periodMs: 20, speech: (answerId) => speechOf(216, answerId) });
  await sleep(quick ? 300 : 3_000);

  const alone = await traffic.watch(windowMs);
  const others = await openCalls(running, upstream, quick ? 5 : 200);
  const flood = new Flood(others);
  const reading = await traffic.watch(windowMs);
  const before = await running.usage(true);
  for (const { client } of others) client.stopReading();
  // Long enough to fill what the kernel keeps, some megabytes each, and for the relay to lose its patience.
  const peak = new PeakMemory(running);
  const stalled = await traffic.watch(quick ? windowMs : 45_000);
  const bytesPerStalled = ((await peak.stop()) - before.rssBytes) / others.length;
  const { ended } = flood;
  tell(`${ended} of ${others.length} ended, ${(flood.bytes / 2 ** 20 / others.length).toFixed(1)} MiB said to each`);

  flood.stop();
  traffic.stop();
  hangUp([...healthy, ...others]);
  await running.stop();
  await upstream.close();
  return { alone, reading, stalled, bytesPerStalled, ended };
}

/** Looks at the memory of a process now and then, and keeps the most it saw. */
class PeakMemory {
  #most = 0;
  #watching = true;
  readonly #done: Promise<void>;

  constructor(running: RunningSubject) {
    this.#done = this.#watch(running);
  }

  /** The most resident bytes. */
  async stop(): Promise<number> {
    this.#watching = false;
    await this.#done;
    return this.#most;
  }

  async #watch(running: RunningSubject): Promise<void> {
    while (this.#watching) {
      this.#most = Math.max(this.#most, (await running.usage()).rssBytes);
      await sleep(250);
    }
  }
}
