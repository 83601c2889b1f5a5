import { type RunningSubject } from '../subjects/subject';
import { type Call, hangUp, openCalls } from './calls';
import { beginAnswer, bookAppointment, endAnswer } from './conversation';
import { Inbox } from './inbox';
import { type Upstream, type WireEvent } from './upstream';

/** The tool calls are made one at a time, but in turns in so many calls: no client may say so much so fast. */
const callCount = 10;

/**
 * Lets the model call a tool so many times, one call after the other.
 *
 * @param onTurn told after each, with its number from 0 on, how many milliseconds passed between call and output
 */
export async function takeTurns(
  running: RunningSubject,
  upstream: Upstream,
  count: number,
  onTurn: (totalMs: number, n: number) => void,
): Promise<void> {
  const calls = await openCalls(running, upstream, callCount);
  const lines = calls.map((call) => ({ call, inbox: new Inbox(call.upstream) }));
  for (let n = 0; n < count;) {
    for (const { call, inbox } of lines) {
      onTurn(await turn(call, inbox, n), n);
      n += 1;
    }
  }
  hangUp(calls);
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
