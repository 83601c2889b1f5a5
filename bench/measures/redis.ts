import { Latencies } from '../load/latency';
import { takeTurns } from '../load/turns';
import { Upstream } from '../load/upstream';
import { Webhook } from '../load/webhook';
import { type Measure, type Stage } from '../measure';
import { figuresOf, inRounds } from '../rounds';
import { type Fsync, missingRedis, startRedis } from '../stage/redis';

/** What the relay adds to a tool call where its store is a Redis on the same machine. */
export const redis: Measure = {
  name: 'redis',
  title: 'as tool-turnaround, but on Redis with appendonly, synced once a second or before every answer',
  missing: missingRedis,
  async run(stage) {
    const figure = figuresOf(await inRounds(stage, measureRound));
    return [
      figure('synced once a second: turnaround median', 'ms', ({ everysec }) => everysec.percentile(50), 3),
      figure('synced once a second: turnaround p99', 'ms', ({ everysec }) => everysec.percentile(99)),
      // Most of it is the disk's: three writes, each with a sync of its own.
      figure('synced before every answer: turnaround median', 'ms', ({ always }) => always.percentile(50)),
      figure('synced before every answer: turnaround p99', 'ms', ({ always }) => always.percentile(99)),
    ];
  },
};

type Round = Readonly<Record<Fsync, Latencies>>;

async function measureRound(stage: Stage): Promise<Round> {
  const everysec = await turnarounds(stage, 'everysec');
  return { everysec, always: await turnarounds(stage, 'always') };
}

/** Without the time in the webhook. */
async function turnarounds(stage: Stage, fsync: Fsync): Promise<Latencies> {
  const [warmUp, count] = stage.quick ? [10, 20] : [500, 1000];
  const store = await startRedis(stage.directory, fsync);
  const upstream = await Upstream.start();
  const webhook = await Webhook.start();
  const running = await stage.relay({ webhook: { url: webhook.url }, storeUrl: store.url }).start(upstream.url);
  const latencies = new Latencies();
  await takeTurns(running, upstream, warmUp + count, (totalMs, n) => {
    if (n >= warmUp) latencies.record(totalMs - webhook.lastMs);
  });
  stage.tell(`${fsync}: median ${latencies.percentile(50).toFixed(2)} ms`);
  await running.stop();
  await Promise.all([upstream.close(), webhook.close(), store.kill()]);
  return latencies;
}
