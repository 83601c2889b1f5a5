import { Bookings } from '../load/bookings';
import { Upstream } from '../load/upstream';
import { Webhook } from '../load/webhook';
import { type Measure, type Stage } from '../measure';
import { figuresOf, inRounds } from '../rounds';
import { type RunningSubject } from '../subjects/subject';
import { type Usage } from '../subjects/usage';

/**
 * Whether intents leave something behind that makes later ones slower or the process larger. The relay keeps the last
 * ten thousand results in memory, so only after those can it be flat.
 */
export const manyIntents: Measure = {
  name: 'many-intents',
  title: '20,000 distinct appointments over HTTP, ten at a time, each into SQLite and to the webhook',
  async run(stage) {
    const figure = figuresOf(await inRounds(stage, measureRound));
    return [
      figure('time an intent, 1st thousand', 'ms', ({ first }) => first.msPerIntent),
      figure('time an intent, 10th thousand', 'ms', ({ middle }) => middle.msPerIntent),
      figure('time an intent, 20th thousand', 'ms', ({ last }) => last.msPerIntent),
      figure('CPU an intent, 1st thousand', 'ms', ({ first }) => first.cpuMsPerIntent),
      figure('CPU an intent, 10th thousand', 'ms', ({ middle }) => middle.cpuMsPerIntent),
      figure('CPU an intent, 20th thousand', 'ms', ({ last }) => last.cpuMsPerIntent),
      figure('heap after the 1st thousand', 'MiB', ({ first }) => mib(first.usage.heapBytes)),
      figure('heap after the 10th thousand', 'MiB', ({ middle }) => mib(middle.usage.heapBytes)),
      figure('heap after the 20th thousand', 'MiB', ({ last }) => mib(last.usage.heapBytes)),
      figure('memory of the process after the 1st thousand', 'MiB', ({ first }) => mib(first.usage.rssBytes)),
      figure('memory of the process after the 10th thousand', 'MiB', ({ middle }) => mib(middle.usage.rssBytes)),
      figure('memory of the process after the 20th thousand', 'MiB', ({ last }) => mib(last.usage.rssBytes)),
    ];
  },
};

interface Round {
  readonly first: Batch;
  readonly middle: Batch;
  readonly last: Batch;
}

/** A thousand intents, and what the process held after them, garbage collected. */
interface Batch {
  readonly msPerIntent: number;
  readonly cpuMsPerIntent: number;
  readonly usage: Usage;
}

const atOnce = 10;

async function measureRound({ quick, relay, tell }: Stage): Promise<Round> {
  const size = quick ? 50 : 1_000;
  const batches = quick ? 4 : 20;
  const upstream = await Upstream.start();
  const webhook = await Webhook.start();
  const running = await relay({ webhook: { url: webhook.url } }).start(upstream.url);
  const bookings = new Bookings(running, atOnce);
  // A thousand more before the first, so that compiling the code does not count.
  await batch(bookings, running, 0, size);
  const results: Batch[] = [];
  for (let n = 1; n <= batches; n++) {
    results.push(await batch(bookings, running, n * size, size));
    tell(`${n * size} intents: ${results.at(-1)?.msPerIntent.toFixed(2) ?? ''} ms each`);
  }
  await bookings.close();
  await running.stop();
  await Promise.all([upstream.close(), webhook.close()]);
  const [first, middle, last] = [results[0], results[batches / 2 - 1], results.at(-1)];
  if (first === undefined || middle === undefined || last === undefined) throw new Error('Nothing was measured.');
  return { first, middle, last };
}

async function batch(bookings: Bookings, running: RunningSubject, from: number, size: number): Promise<Batch> {
  const before = await running.usage();
  const msPerIntent = (await bookings.book(from, size)) / size;
  const { cpuUs } = await running.usage();
  // Garbage is collected after the CPU time has been read: the bench wants that, not the intents.
  return { msPerIntent, cpuMsPerIntent: (cpuUs - before.cpuUs) / 1_000 / size, usage: await running.usage(true) };
}

const mib = (bytes: number) => bytes / 2 ** 20;
