import { Script, plainSession } from '../support/script';

const speech = { type: 'input_audio_buffer.speech_started', item_id: 'u1' };
const truncated = (itemId: string, ms: number) =>
  `send {"type":"conversation.item.truncate","item_id":"${itemId}","content_index":0,"audio_end_ms":${ms}}`;
const untold = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('tell'));

describe('an interruption', () => {
  it('falls silent at once, and truncates at what was played once that is known', () => {
    const script = Script.talking();
    script.relay({ type: 'response.created', response: { id: 'r1' } });
    script.audio('r1', 'i1', 2_000);
    script.played(1, 300);
    expect(untold(script.relay(speech))).toEqual(['silence']);
    expect(script.state).toEqual({ name: 'listening' });
    expect(untold(script.silenced(1, 345.6))).toEqual([truncated('i1', 345)]);
  });

  it('truncates what is still playing of a response that has long been done', () => {
    const script = Script.talking();
    script.relay({ type: 'response.created', response: { id: 'r1' } });
    script.audio('r1', 'i1', 2_000);
    script.relay({ type: 'response.done', response: { id: 'r1', status: 'completed' } });
    script.relay(speech);
    expect(untold(script.silenced(1, 1_500))).toEqual([truncated('i1', 1_500)]);
  });

  it('never truncates beyond what was received', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 100);
    script.relay(speech);
    expect(untold(script.silenced(1, 5_000))).toEqual([truncated('i1', 100)]);
  });

  it('truncates nothing while nothing plays', () => {
    const script = Script.talking();
    expect(untold(script.relay(speech))).toEqual([]);
    expect(script.silenced(1, 10)).toEqual([]);
  });

  it('truncates nothing that was heard to its end', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 100);
    script.relay({ type: 'response.output_audio.done', item_id: 'i1', content_index: 0 });
    script.played(1, 100, true);
    expect(untold(script.relay(speech))).toEqual([]);
  });

  it('truncates nothing that turns out to have been heard to its end', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 100);
    script.relay({ type: 'response.output_audio.done', item_id: 'i1', content_index: 0 });
    script.relay(speech);
    expect(untold(script.silenced(1, 99.9, true))).toEqual([]);
  });

  it('truncates each of several items, those not begun at nothing', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 100);
    script.audio('r1', 'i2', 200);
    script.audio('r1', 'i3', 300);
    script.played(1, 100, true);
    script.relay(speech);
    expect(untold(script.silenced(2, 50))).toEqual([truncated('i2', 50), truncated('i3', 0)]);
  });

  it('does not play what is late of a response that was cut off', () => {
    const script = Script.talking();
    script.relay({ type: 'response.created', response: { id: 'r1' } });
    script.audio('r1', 'i1', 500);
    script.relay(speech);
    script.silenced(1, 100);
    expect(script.audio('r1', 'i1', 500)).toEqual([]);
    expect(script.audio('r1', 'i2', 500)).toEqual([truncated('i2', 0)]);
    expect(script.audio('r1', 'i2', 500)).toEqual([]);
  });

  it('plays the next response while it is not known yet what was heard of the last', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 500);
    script.relay(speech);
    expect(script.audio('r2', 'i2', 500)).toEqual(['play 2: 500 ms']);
    expect(untold(script.silenced(1, 100))).toEqual([truncated('i1', 100)]);
  });

  it('tells apart two in quick succession', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 500);
    script.relay(speech);
    script.audio('r2', 'i2', 500);
    expect(untold(script.relay({ ...speech, item_id: 'u2' }))).toEqual(['silence']);
    expect(untold(script.silenced(1, 100))).toEqual([]);
    expect(untold(script.silenced(2, 20))).toEqual([truncated('i1', 100), truncated('i2', 20)]);
  });

  it('tells the page which words were cut off, and no more of them', () => {
    const script = Script.talking();
    const words = { type: 'response.output_audio_transcript.delta', item_id: 'i1', content_index: 0 };
    script.relay({ ...words, delta: 'One moment' });
    script.audio('r1', 'i1', 500);
    script.relay(speech);
    expect(script.silenced(1, 100).at(-1)).toBe(
      'tell transcript {"itemId":"i1","role":"assistant","text":"One moment","isFinal":true,"isInterrupted":true}',
    );
    expect(script.relay({ ...words, delta: ' please' })).toEqual([]);
    expect(
      script.relay({ ...words, type: 'response.output_audio_transcript.done', transcript: 'One moment please' }),
    ).toEqual([]);
  });

  it('is none where the session says that speech does not interrupt', () => {
    const { audio } = plainSession;
    const detection = { ...audio.input.turn_detection, interrupt_response: false };
    const script = Script.talking({ audio: { ...audio, input: { ...audio.input, turn_detection: detection } } });
    script.audio('r1', 'i1', 500);
    expect(untold(script.relay(speech))).toEqual([]);
  });
});

describe('a turn in writing', () => {
  it('cuts off what is being said, and is said after what was heard of that', () => {
    const script = Script.talking();
    script.relay({ type: 'response.created', response: { id: 'r1' } });
    script.audio('r1', 'i1', 500);
    expect(untold(script.take({ kind: 'say', text: 'Stop' }))).toEqual([
      'send {"type":"response.cancel","response_id":"r1"}',
      'silence',
    ]);
    expect(untold(script.silenced(1, 100))).toEqual([
      truncated('i1', 100),
      'send {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Stop"}]}}',
      'send {"type":"response.create"}',
    ]);
  });
});
