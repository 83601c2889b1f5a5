import { hangUp, openCalls, type Call } from '../load/calls';
import { beginAnswer, bookAppointment, endAnswer } from '../load/conversation';
import { Inbox } from '../load/inbox';
import { Latencies } from '../load/latency';
import { Upstream, type WireEvent } from '../load/upstream';
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

/** The tool calls are made one at a time, but in turns in so many calls: no client may say so much so fast. */
const callCount = 10;

async function measureRound(stage: Stage): Promise<Round> {
  const [warmUp, count] = stage.quick ? [10, 20] : [500, 1000];
  const upstream = await Upstream.start();
  const webhook = await Webhook.start();
  const running = await stage.relay({ webhook: { url: webhook.url } }).start(upstream.url);
  const calls = await openCalls(running, upstream, callCount);
  const round = { turnarounds: new Latencies(), webhook: new Latencies(), syncs: new Latencies() };
  const disk = new DiskProbe(stage.directory);
  const lines = calls.map((call) => ({ call, inbox: new Inbox(call.upstream) }));
  let n = 0;
  while (n < warmUp + count) {
    for (const { call, inbox } of lines) {
      const totalMs = await turn(call, inbox, n);
      if (n++ < warmUp) continue;
      round.turnarounds.record(totalMs - webhook.lastMs);
      round.webhook.record(webhook.lastMs);
      // Between the calls: how fast a disk is depends on what everybody else asks of it just then.
      round.syncs.record(disk.sync());
    }
  }
  stage.tell(`median ${round.turnarounds.percentile(50).toFixed(2)} ms`);
  disk.close();
  hangUp(calls);
  await running.stop();
  await Promise.all([upstream.close(), webhook.close()]);
  return round;
}

/** The user asks, the model calls its tool and then answers. Returns the time between call and output, in milliseconds. */
async function turn({ client, upstream }: Call, inbox: Inbox, n: number): Promise<number> {
  const content = [{ type: 'input_text', text: 'Please book it.' }];
  client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  client.send({ type: 'response.create' });
  await inbox.next(isCreate);
  const { before, release } = bookAppointment(n);
  for (const event of before) upstream.send(event);
  const calledMs = performance.now();
  for (const event of release) upstream.send(event);
  const { event, atMs } = await inbox.next(isOutput);
  upstream.send({ type: 'conversation.item.added', event_id: 'event_1', previous_item_id: null, item: event['item'] });
  await inbox.next(isCreate);
  const answer = `resp_answer_${n}`;
  for (const said of [...beginAnswer(answer), ...endAnswer(answer)]) upstream.send(said);
  return atMs - calledMs;
}

const isCreate = ({ type }: WireEvent) => type === 'response.create';
const isOutput = (event: WireEvent) =>
  event.type === 'conversation.item.create' && JSON.stringify(event).includes('function_call_output');
