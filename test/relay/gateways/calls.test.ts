import { audioKind, PhoneClient, withCallAudio, type PhoneCount } from '../../../relay';
import { frameBytes } from '../../../relay/gateways/binary-audio';
import { Pairs } from '../support/pair';
import { CarrierLine } from './support/carrier-line';
import { carriers, type CarrierSide } from './support/carriers';
import { beginSpeech, callTool, configure, endSpeech } from './support/model-side';

const pairs = new Pairs();
afterEach(() => pairs.close());

const tools = { prepare: () => ({ execute: () => Promise.resolve({ output: 'Goodbye.', endSession: true }) }) };

/** A caller on the line, who has said one frame. */
async function answered(side: CarrierSide) {
  const { format, dialect } = side;
  const counts: Partial<Record<PhoneCount, number>> = {};
  const meter = { counted: (what: PhoneCount, by: number) => void (counts[what] = (counts[what] ?? 0) + by) };
  const admit = ({ callId }: { callId: string }) => callId === 'call-1';
  const phone = new PhoneClient({ dialect, format, admit, speaksFirst: false, meter });
  const { client, upstream, session } = await pairs.open({ phone, tools, config: withCallAudio({}, format) });
  const line = new CarrierLine(client.socket, side);
  const up = await upstream();
  await configure(up, format);
  line.say(...side.opening);
  line.speak(frameOf(side, 1));
  await up.next('input_audio_buffer.append');
  return { line, up, session, counts, closed: client.closed };
}

const frameOf = ({ format }: CarrierSide, byte: number) => Buffer.alloc(frameBytes(format), byte);

/** So many milliseconds of the model, as base64. */
const speech = ({ format }: CarrierSide, ms: number) =>
  Buffer.alloc(ms * audioKind(format).bytesPerMs, 0x11).toString('base64');

describe.each(carriers.map((side) => [side.name, side] as const))('a call of %s', (_name, side) => {
  const isResampled = side.format.encoding === 'l16' && side.format.rateHz !== 24000;

  it('is heard', async () => {
    const { line, up } = await answered(side);
    line.speak(...[2, 3, 4].map((byte) => frameOf(side, byte)));
    const heard: Buffer[] = [];
    for (let frame = 0; frame < 3; frame++) {
      const { audio } = await up.next('input_audio_buffer.append');
      heard.push(Buffer.from(String(audio), 'base64'));
    }
    const perFrame = 20 * audioKind(side.format).bytesPerMs;
    expect(heard.map(({ length }) => length)).toEqual([perFrame, perFrame, perFrame]);
    if (isResampled) return;
    const order = side.dialect.name === 'telnyx' ? [3, 2, 4] : [2, 3, 4];
    expect(heard).toEqual(order.map((byte) => frameOf(side, byte)));
  });

  it('is spoken to, in frames of its size, with a mark behind', async () => {
    const { line, up } = await answered(side);
    beginSpeech(up, speech(side, 110));
    endSpeech(up);
    await line.next('mark');
    expect(line.complaints).toEqual([]);
    expect(line.played).toHaveLength(6 * frameBytes(side.format));
    if (isResampled) return;
    const spoken = Buffer.from(speech(side, 110), 'base64');
    expect(line.played.subarray(0, spoken.length)).toEqual(spoken);
    const fill = line.played.subarray(spoken.length);
    expect(fill.every((byte) => byte === audioKind(side.format).silence)).toBe(true);
  });

  it('is cut off when the caller speaks, truncated at what was heard, and goes on', async () => {
    const { line, up, counts } = await answered(side);
    beginSpeech(up, speech(side, 960));
    const { name } = await line.next('mark');
    const others = [await line.next('mark'), await line.next('mark')].map((mark) => mark.name);
    line.say(side.played(name));
    line.speak(frameOf(side, 5));
    await up.next('input_audio_buffer.append');
    up.send({ type: 'input_audio_buffer.speech_started', event_id: 'e', audio_start_ms: 0, item_id: 'item_U' });
    await line.next('clear');
    line.say(...side.cleared(others));
    const truncate = await up.next('conversation.item.truncate');
    expect(truncate).toMatchObject({ item_id: 'item_A', content_index: 0 });
    expect(truncate['audio_end_ms']).toBeGreaterThanOrEqual(240);
    expect(truncate['audio_end_ms']).toBeLessThanOrEqual(480);
    line.say(side.digit('7'), side.digit('#'));
    await up.next('conversation.item.create');
    expect(line.complaints).toEqual([]);
    expect(counts).toMatchObject({ marks_sent: 4, marks_heard: 1, marks_cleared: 3, truncations: 1, digits: 2 });
    expect(counts.frames_dropped).toBeUndefined();
  });

  it('tells of keys', async () => {
    const { line, up } = await answered(side);
    line.say(side.digit('4'), side.digit('*'), side.digit('#'));
    const content = [{ type: 'input_text', text: 'The caller pressed 4*#.' }];
    expect(await up.next('conversation.item.create')).toMatchObject({ item: { role: 'user', content } });
  });

  it('ends when the goodbye has been heard', async () => {
    const { line, up, session, closed } = await answered(side);
    callTool(up);
    await up.next('response.create');
    beginSpeech(up, speech(side, 240));
    endSpeech(up);
    const { name } = await line.next('mark');
    line.say(side.played(name));
    expect(await session.ended).toMatchObject({ cause: 'call_ended' });
    expect(await closed).toEqual({ code: 1000, reason: 'call_ended' });
  });
});

const linear = carriers.filter(({ format }) => format.encoding === 'l16');

it.each(linear.map((side) => [side.name, side] as const))(
  'a frame of %s that ends within a sample is dropped, and no other',
  async (_name, side) => {
    const { line, up, counts } = await answered(side);
    line.speak(frameOf(side, 2).subarray(1), frameOf(side, 3));
    const { audio } = await up.next('input_audio_buffer.append');
    expect(Buffer.from(String(audio), 'base64')).toHaveLength(20 * audioKind(side.format).bytesPerMs);
    expect(counts.frames_dropped).toBe(1);
  },
);
