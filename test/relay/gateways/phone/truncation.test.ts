import { asterisk, jambonz, plivo, signalwire, telnyx, twilio, vonage, type Dialect } from '../../../../relay';
import { type Network } from '../../../../simulator/carriers';
import { speech } from '../support/phone-script';
import { VirtualCall } from '../support/virtual-call';

interface Course {
  readonly dialect: Pick<Dialect, 'capabilities'>;
  readonly network: Network;
  readonly seed: number;
  readonly interruptions?: number;
  /** How soon the caller interrupts at the latest. */
  readonly withinMs?: number;
}

const mostErrorMs = 60;

/**
 * A call in which the caller interrupts again and again. Returns by how much more the model believes to have been heard than was,
 * in milliseconds, for each.
 */
async function errorsOf(course: Course): Promise<number[]> {
  const { dialect, network, seed, interruptions = 40, withinMs = 6_000 } = course;
  const { capabilities } = dialect;
  const call = new VirtualCall({ capabilities, network, seed, returnsCleared: seed % 2 === 0 });
  const between = (fromMs: number, toMs: number) => fromMs + (toMs - fromMs) * call.random();
  const errors: number[] = [];
  await call.clock.advance(300);
  for (let turn = 0; turn < interruptions; turn++) {
    const before = call.ear.heard.length;
    let heardMs: number | undefined;
    call.onClear = () => {
      heardMs = call.ear.heard.slice(before).reduce((sum, span) => sum + span.heardMs, 0);
    };
    const believedMs = await speakUntilInterrupted(call, turn, between(20, withinMs), between);
    await call.clock.advance(100);
    if (heardMs !== undefined) errors.push(believedMs - heardMs);
    call.session({ type: 'input_audio_buffer.speech_stopped' }, responseDone(turn));
    await call.clock.advance(between(200, 3_000));
  }
  if (interruptions > 1) expect(errors.length).toBeGreaterThan(interruptions / 2);
  return errors;
}

/** The model says two items, faster or slower than they are played, until the caller speaks. Returns how much it believes was heard. */
async function speakUntilInterrupted(
  call: VirtualCall,
  turn: number,
  withinMs: number,
  between: (fromMs: number, toMs: number) => number,
): Promise<number> {
  const said = new Map<string, number>();
  const truncated = new Map<string, number>();
  call.onSay = ({ type, item_id: itemId, audio_end_ms: atMs }) => {
    if (type === 'conversation.item.truncate') truncated.set(String(itemId), Number(atMs));
  };
  call.session({ type: 'response.created', response: { id: `resp_${turn}` } });
  const pace = between(0.1, 1.2);
  const untilMs = call.clock.now() + withinMs;
  for (const item of [`a_${turn}`, `b_${turn}`]) {
    const lengthMs = 20 * Math.round(between(5, 200));
    for (let saidMs = 0; saidMs < lengthMs && call.clock.now() < untilMs;) {
      const ms = Math.min(lengthMs - saidMs, 20 * Math.round(between(2, 25)));
      call.session({
        type: 'response.output_audio.delta',
        response_id: `resp_${turn}`,
        item_id: item,
        content_index: 0,
        delta: speech(ms),
      });
      saidMs += ms;
      said.set(item, saidMs);
      await call.clock.advance(Math.min(pace * ms, untilMs - call.clock.now()));
    }
    if (call.clock.now() < untilMs) {
      call.session({ type: 'response.output_audio.done', item_id: item, content_index: 0 });
    }
  }
  await call.clock.advance(Math.max(0, untilMs - call.clock.now()));
  call.session({ type: 'input_audio_buffer.speech_started' });
  return [...said].reduce((sum, [item, saidMs]) => sum + (truncated.get(item) ?? saidMs), 0);
}

const responseDone = (turn: number) => ({
  type: 'response.done',
  response: { id: `resp_${turn}`, status: 'cancelled' },
});

const dialects = [twilio, signalwire, telnyx, plivo, vonage, asterisk, jambonz];
const withoutMarks = { capabilities: { ...twilio.capabilities, marks: false } };

const networks: readonly Network[] = [0, 10, 20].flatMap((latencyMs) =>
  [0, 10, 20].map((jitterMs) => ({ latencyMs, jitterMs })),
);

function expectNear(errors: readonly number[]): void {
  expect(Math.max(...errors)).toBeLessThanOrEqual(mostErrorMs);
  expect(Math.min(...errors)).toBeGreaterThanOrEqual(-mostErrorMs);
}

describe('what the model believes was heard of it', () => {
  it.each(dialects)('is what was heard, to 60 ms, at $name', async (dialect) => {
    for (const network of networks) {
      for (const seed of [1, 2]) expectNear(await errorsOf({ dialect, network, seed }));
    }
  });

  it('is so at the very beginning of a call, when few marks or none have come back', async () => {
    for (const network of networks) {
      for (let seed = 1; seed <= 20; seed++) {
        expectNear(await errorsOf({ dialect: twilio, network, seed, interruptions: 1, withinMs: 600 }));
      }
    }
  });

  it('is so by the clock alone, at a carrier without marks', async () => {
    for (const network of networks) expectNear(await errorsOf({ dialect: withoutMarks, network, seed: 1 }));
  });
});
