import fc from 'fast-check';
import { readAudioDelta } from '../../../relay/protocol/audio-delta';

const plain = {
  type: 'response.output_audio.delta',
  event_id: 'event_1',
  response_id: 'resp_1',
  item_id: 'item_1',
  output_index: 0,
  content_index: 0,
  delta: 'AAAA',
};
const read = (value: string | object) => {
  const found = readAudioDelta(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
  return found === undefined ? undefined : { ...found, audio: found.audio.toString() };
};
const expected = { responseId: 'resp_1', itemId: 'item_1', contentIndex: 0, audio: 'AAAA' };

describe('readAudioDelta', () => {
  it('reads an event as OpenAI sends it, its audio being the very bytes that came', () => {
    const frame = Buffer.from(JSON.stringify(plain));
    const found = readAudioDelta(frame);
    expect(found?.audio.buffer).toBe(frame.buffer);
    expect(read(plain)).toEqual(expected);
  });

  it('reads one with its members in any order, with others between them and with escapes', () => {
    const { delta, type, ...rest } = plain;
    expect(read({ delta, ...rest, extra: [1, { delta: 'no' }], type })).toEqual(expected);
    expect(read(JSON.stringify(plain).replace('item_1', 'item\\u005f1'))).toEqual(expected);
    expect(read(JSON.stringify(plain, null, 2))).toEqual(expected);
  });

  it.each(['', '{}', '[]', '{"type":"response.output_audio.delta"}', JSON.stringify({ ...plain, delta: 1 })])(
    'finds nothing in %p',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );

  it('agrees with JSON.parse on whatever an edit makes of an event', () => {
    const written = JSON.stringify(plain);
    const bit = fc.oneof(
      fc.constantFrom('"', '\\', ',', ':', '{', '}', '"delta":"B",', '"item_id":"x",', '"a":{"delta":"C"},', ' '),
      fc.stringMatching(/^[ -~]{0,3}$/),
    );
    const edit = fc.record({ at: fc.nat(written.length), drop: fc.nat(3), bit });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const text = edits.reduce((old, { at, drop, bit }) => old.slice(0, at) + bit + old.slice(at + drop), written);
        expect(read(text)).toEqual(byParse(text));
      }),
      { numRuns: 20_000 },
    );
  });
});

function byParse(text: string): unknown {
  let value: Partial<Record<string, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  const { type, response_id: responseId, item_id: itemId, content_index: contentIndex, delta: audio } = value;
  const isWhole = type === plain.type && [responseId, itemId, audio].every((member) => typeof member === 'string');
  if (!isWhole || !Number.isSafeInteger(contentIndex) || Number(contentIndex) < 0) return undefined;
  return { responseId, itemId, contentIndex, audio };
}
