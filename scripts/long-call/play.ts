import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Usage } from '../../bench/subjects/usage';
import { type DocumentCall, type Ending } from '../../simulator/carriers';
import { type House } from './house';
import { bookingWords, voice, words } from './words';

/** A call that is over, and what the relay held when it had warmed up and just before the end. */
export interface PlayedCall {
  readonly call: DocumentCall;
  readonly ending: Ending;
  readonly begin: Usage;
  readonly end: Usage;
  /**
   * How long the carrier, which is in this process, was held up at most while each interruption went on, in milliseconds: it then
   * plays on, and gives marks back late.
   */
  readonly heldUpMs: readonly number[];
}

/** What happens in a call besides small talk, in this order and evenly spread over it. */
const acts = ['interrupt', 'book', 'interrupt', 'interrupt', 'book', 'interrupt', 'book', 'interrupt'] as const;

/** How often the caller interrupts. */
export const interruptions = acts.filter((act) => act === 'interrupt').length;

/** Plays a call of about this length, at the end of which the caller is transferred. It lasts as long as its acts do. */
export async function play(house: House, lengthMs: number, tell: (line: string) => void): Promise<PlayedCall> {
  const { carrier, relay, simulator, webhook } = house;
  const network = { latencyMs: 30, jitterMs: 20 };
  const call = carrier.call({ to: '+15550002222', network, silenceSuppression: 0.3 });
  await call.until('stream_opened');
  await call.until('quiet');
  const session = await simulator.session(0);

  const say = async (understood: string) => {
    session.hear(understood);
    const after = call.history.lastIndex;
    await call.say(voice);
    return call.until('playing', { after });
  };
  const chat = async () => {
    const { index } = await say(words.chat);
    await call.until('quiet', { after: index });
    await call.passes(2_000);
  };
  const heldUp = monitorEventLoopDelay({ resolution: 5 });
  heldUp.enable();
  const heldUpMs: number[] = [];
  const interrupt = async () => {
    const { index } = await say(words.story);
    heldUp.reset();
    await call.untilHeard(call.heardMs + 1_000);
    session.hear(words.wait);
    const saying = call.say(voice);
    const cleared = await call.until('cleared', { after: index });
    heldUpMs.push(heldUp.max / 1e6);
    await saying;
    const answer = await call.until('playing', { after: cleared.index });
    await call.until('quiet', { after: answer.index });
  };
  const book = async (n: number) => {
    const { index } = await say(bookingWords(n));
    await call.until('quiet', { after: index, where: () => webhook.count > n });
  };

  const startMs = call.clock.now();
  let begin: Usage | undefined;
  for (const [place, act] of acts.entries()) {
    while (call.clock.now() < startMs + ((place + 1) * lengthMs) / (acts.length + 1)) await chat();
    if (act === 'interrupt') await interrupt();
    else await book(acts.slice(0, place).filter((each) => each === 'book').length);
    // Code that runs for the first time is compiled and kept; what a call holds is seen after that.
    if (place === 1) begin = await relay.usage(true);
    tell(`${Math.round((call.clock.now() - startMs) / 1_000)} s: act ${place + 1} of ${acts.length}, ${act}`);
  }
  while (call.clock.now() < startMs + lengthMs) await chat();
  const end = await relay.usage(true);
  session.hear(words.person);
  await call.say(voice);
  heldUp.disable();
  return { call, ending: await call.ended, begin: begin ?? end, end, heldUpMs };
}
