import { twilio } from '../../../../relay';
import { CallerLine } from '../../../../simulator/carriers/caller-line';
import { MULAW_8K } from '../../../../simulator/carriers';
import { VirtualCall } from '../support/virtual-call';

/** Where upstream's audio stands against the caller's line, at each frame of voice. */
interface Offset {
  readonly lineMs: number;
  readonly ms: number;
}

interface Course {
  /** The share of silence that the caller's phone leaves out. */
  readonly suppressed: number;
  /** How long the network holds everything up, now and then. Default: it never does. */
  readonly stallMs?: number;
  readonly seed: number;
}

const callMs = 600_000;
const mostDriftMs = 40;

/** Ten minutes in which the caller says something again and again, to a model that hears when. */
async function offsetsOf({ suppressed, stallMs = 0, seed }: Course): Promise<Offset[]> {
  const network = { latencyMs: 20, jitterMs: 20 };
  const call = new VirtualCall({ capabilities: twilio.capabilities, network, seed });
  const line = new CallerLine(MULAW_8K, suppressed, call.random);
  const offsets: Offset[] = [];
  const voices: number[] = [];
  hearVoice(call, (heardMs) => {
    const lineMs = voices.shift() ?? NaN;
    offsets.push({ lineMs, ms: heardMs - lineMs });
  });
  let speakAtMs = 1_000;
  let held: (() => void)[] = [];
  for (let lineMs = 0; lineMs < callMs; lineMs += 20) {
    await call.clock.advance(20);
    if (lineMs >= speakAtMs) {
      const saysMs = 20 * Math.round(20 + 80 * call.random());
      void line.say(Buffer.alloc(8 * saysMs, loud));
      speakAtMs = lineMs + saysMs + stallMs + 500 + 5_000 * call.random();
    }
    const pickup = line.next();
    if (pickup.kind === 'voice') voices.push(lineMs);
    if (pickup.kind !== 'suppressed') held.push(() => call.frame(lineMs, pickup.frame));
    // Every half minute the network passes nothing on, and then everything at once.
    if (lineMs % 30_000 >= stallMs) held = pass(held);
  }
  pass(held);
  await call.clock.advance(1_000);
  expect(offsets.length).toBeGreaterThan(5_000);
  return offsets;
}

const loud = 0x2a;

function pass(held: readonly (() => void)[]): [] {
  held.forEach((send) => send());
  return [];
}

/** A model that says when speech begins and ends, from the audio alone, and tells where in it each frame of voice came. */
function hearVoice(call: VirtualCall, onVoice: (heardMs: number) => void): void {
  let heardMs = 0;
  let silentMs = 0;
  let isSpeaking = false;
  call.onSay = ({ type, audio }) => {
    if (type !== 'input_audio_buffer.append') return;
    const bytes = Buffer.from(String(audio), 'base64');
    const isVoice = bytes.includes(loud);
    if (isVoice) onVoice(heardMs);
    heardMs += bytes.length / 8;
    silentMs = isVoice ? 0 : silentMs + bytes.length / 8;
    if (isSpeaking === silentMs < 500) return;
    isSpeaking = !isSpeaking;
    // Not in the midst of the phone's own step.
    call.clock.at(call.clock.now(), () => {
      call.session({ type: `input_audio_buffer.speech_${isSpeaking ? 'started' : 'stopped'}` });
    });
  };
}

describe('the time of what the caller says, over ten minutes', () => {
  it.each([0, 0.3, 0.9, 1])('is kept for the model when %d of the silence is left out', async (suppressed) => {
    for (const seed of [1, 2]) {
      const offsets = (await offsetsOf({ suppressed, seed })).map(({ ms }) => ms);
      const first = offsets[0] ?? NaN;
      expect(Math.max(...offsets) - first).toBeLessThanOrEqual(mostDriftMs);
      expect(first - Math.min(...offsets)).toBeLessThanOrEqual(mostDriftMs);
    }
  });

  it('is found again in the next silence after the network was held up', async () => {
    const offsets = await offsetsOf({ suppressed: 1, stallMs: 2_000, seed: 3 });
    const first = offsets[0]?.ms ?? NaN;
    const later = offsets.filter(({ lineMs }) => lineMs % 30_000 >= 12_000);
    for (const { ms } of later) expect(Math.abs(ms - first)).toBeLessThanOrEqual(mostDriftMs);
    // It was lost in between, or this would show nothing.
    expect(Math.max(...offsets.map(({ ms }) => ms)) - first).toBeGreaterThan(mostDriftMs);
  });
});
