import { Bookings } from '../load/bookings';
import { Upstream } from '../load/upstream';
import { Webhook } from '../load/webhook';
import { type Measure, type Stage } from '../measure';
import { figuresOf, inRounds } from '../rounds';
import { missingRedis, startRedis } from '../stage/redis';
import { type RunningSubject } from '../subjects/subject';

/**
 * What it costs to tell that an appointment was booked before. One relay books, and another is asked for the same: the
 * first time it has to look into Redis, the second time it remembers.
 */
export const duplicates: Measure = {
  name: 'duplicates',
  title:
    'appointments that were booked through another relay, over HTTP; 500 µs of CPU each are 2,000 a second on a core',
  missing: missingRedis,
  async run(stage) {
    const figure = figuresOf(await inRounds(stage, measureRound));
    return [
      figure('looked up in Redis: CPU of the relay', 'µs', ({ stored }) => stored.cpuUs, 500),
      figure('looked up in Redis: answers', '1/s', ({ stored }) => stored.perSecond),
      figure('remembered: CPU of the relay', 'µs', ({ remembered }) => remembered.cpuUs, 500),
      figure('remembered: answers', '1/s', ({ remembered }) => remembered.perSecond),
    ];
  },
};

interface Round {
  readonly stored: Pass;
  readonly remembered: Pass;
}

/** The same number of duplicates: what each took of the relay's CPU time, and how many were answered in a second. */
interface Pass {
  readonly cpuUs: number;
  readonly perSecond: number;
}

const atOnce = 32;

async function measureRound({ quick, directory, relay, tell }: Stage): Promise<Round> {
  const [warmUp, count] = quick ? [50, 50] : [4_000, 4_000];
  const store = await startRedis(directory, 'everysec');
  const upstream = await Upstream.start();
  const webhook = await Webhook.start();
  const start = () => relay({ webhook: { url: webhook.url }, storeUrl: store.url }).start(upstream.url);

  const first = await start();
  const bookings = new Bookings(first, atOnce);
  await bookings.book(0, warmUp + count);
  await bookings.close();
  await first.stop();

  const second = await start();
  const repeats = new Bookings(second, atOnce);
  // The first part only compiles the code.
  await pass(second, repeats, 0, warmUp);
  const stored = await pass(second, repeats, warmUp, count);
  const remembered = await pass(second, repeats, warmUp, count);
  tell(`${Math.round(stored.perSecond)} a second from Redis, ${Math.round(remembered.perSecond)} from memory`);
  await repeats.close();
  await second.stop();
  await Promise.all([upstream.close(), webhook.close(), store.kill()]);
  return { stored, remembered };
}

async function pass(running: RunningSubject, bookings: Bookings, from: number, count: number): Promise<Pass> {
  const before = await running.usage();
  const elapsedMs = await bookings.book(from, count, true);
  const { cpuUs } = await running.usage();
  return { cpuUs: (cpuUs - before.cpuUs) / count, perSecond: (count * 1_000) / elapsedMs };
}
