import { Latencies } from '../load/latency';
import { takeTurns } from '../load/turns';
import { Upstream } from '../load/upstream';
import { Webhook } from '../load/webhook';
import { type Measure, type Stage } from '../measure';
import { figuresOf, inRounds } from '../rounds';
import { DiskProbe } from '../stage/disk';

/** What the relay adds to a tool call, beside what the disk alone takes for one of its syncs. */
export const toolTurnaround: Measure = {
  name: 'tool-turnaround',
  title:
    'from output_item.done to function_call_output, both at upstream, without the time spent in the webhook; SQLite',
  async run(stage) {
    const figure = figuresOf(await inRounds(stage, measureRound));
    return [
      figure('turnaround median', 'ms', ({ turnarounds }) => turnarounds.percentile(50), 2),
      figure('turnaround p99', 'ms', ({ turnarounds }) => turnarounds.percentile(99)),
      figure('time in the webhook, median, not counted', 'ms', ({ webhook }) => webhook.percentile(50)),
      figure('one sync of the disk, median', 'ms', ({ syncs }) => syncs.percentile(50)),
      figure('one sync of the disk, p99', 'ms', ({ syncs }) => syncs.percentile(99)),
    ];
  },
};

interface Round {
  readonly turnarounds: Latencies;
  readonly webhook: Latencies;
  readonly syncs: Latencies;
}

async function measureRound(stage: Stage): Promise<Round> {
  const [warmUp, count] = stage.quick ? [10, 20] : [500, 1000];
  const upstream = await Upstream.start();
  const webhook = await Webhook.start();
  const running = await stage.relay({ webhook: { url: webhook.url } }).start(upstream.url);
  const round = { turnarounds: new Latencies(), webhook: new Latencies(), syncs: new Latencies() };
  const disk = new DiskProbe(stage.directory);
  await takeTurns(running, upstream, warmUp + count, (totalMs, n) => {
    if (n < warmUp) return;
    round.turnarounds.record(totalMs - webhook.lastMs);
    round.webhook.record(webhook.lastMs);
    // Between the calls: how fast a disk is depends on what everybody else asks of it just then.
    round.syncs.record(disk.sync());
  });
  stage.tell(`median ${round.turnarounds.percentile(50).toFixed(2)} ms`);
  disk.close();
  await running.stop();
  await Promise.all([upstream.close(), webhook.close()]);
  return round;
}
