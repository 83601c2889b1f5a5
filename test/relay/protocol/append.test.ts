import fc from 'fast-check';
import { isPlainAppend } from '../../../relay/protocol/append';

const frame = (text: string) => Buffer.from(text);

describe('isPlainAppend', () => {
  it.each([
    '{"type":"input_audio_buffer.append","audio":"AAAA"}',
    '{"event_id":"e1","type":"input_audio_buffer.append","audio":"AAAA"}',
    '{"type": "input_audio_buffer.append", "audio": "AAAA", "event_id": "e"}\n',
    '{"type":"input_audio_buffer.append","audio":""}',
  ])('takes %s', (text) => {
    expect(isPlainAppend(frame(text))).toBe(true);
  });

  it.each([
    '{"type":"input_audio_buffer.append"}',
    '{"audio":"AAAA"}',
    '{"type":"input_audio_buffer.append","audio":"AA","audio":"BB"}',
    '{"type":"input_audio_buffer.append","type":"session.update","audio":"AA"}',
    '{"type":"input_audio_buffer.append","audio":"AA","x":1}',
    '{"type":"input_audio_buffer.append","audio":"A\\u0041"}',
    '{"type":"input_audio_buffer.append","audio":1}',
    '{"\\u0074ype":"input_audio_buffer.append","audio":"AA"}',
    '{"type":"input_audio_buffer.append","audio":"AA","event_id":"rly_1"}',
    '{"type":"input_audio_buffer.append","audio":"AA","event_id":"~x"}',
    '{"type":"input_audio_buffer.append","audio":"AA","event_id":"\u0001"}',
    '{"type":"input_audio_buffer.append","audio":"AA"}{"type":"session.update"}',
    '{"type":"input_audio_buffer.append","audio":"AA",}',
    '{"type":"input_audio_buffer.append","audio":"AA"',
    '{"type":"input_audio_buffer.appendx","audio":"AA"}',
    '{"type":"session.update","audio":"AA"}',
    '',
  ])('leaves %p to the full parse', (text) => {
    expect(isPlainAppend(frame(text))).toBe(false);
  });

  it('takes only what JSON.parse reads as an append with nothing else in it', () => {
    const plain = '{"type": "input_audio_buffer.append", "audio": "AAAA", "event_id": "e1"}';
    const bit = fc.oneof(
      fc.constantFrom('"', '\\', ',', ':', '{', '}', '"audio":"B",', '"type":"x",', ' '),
      fc.stringMatching(/^[ -~]{0,3}$/),
    );
    const edit = fc.record({ at: fc.nat(plain.length), drop: fc.nat(3), bit });
    let taken = 0;
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const text = edits.reduce((old, { at, drop, bit }) => old.slice(0, at) + bit + old.slice(at + drop), plain);
        if (!isPlainAppend(frame(text))) return;
        taken++;
        const value = JSON.parse(text) as Record<string, unknown>;
        expect(value['type']).toBe('input_audio_buffer.append');
        expect(typeof value['audio']).toBe('string');
        expect(Object.keys(value).filter((key) => !['type', 'audio', 'event_id'].includes(key))).toEqual([]);
        expect(text.match(/"audio"\s*:/g)).toHaveLength(1);
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('takes every append the usual serialisers write', () => {
    fc.assert(
      fc.property(fc.base64String(), fc.option(fc.stringMatching(/^evt_[a-z0-9]{0,20}$/)), (audio, id) => {
        const event = { type: 'input_audio_buffer.append', ...(id === null ? {} : { event_id: id }), audio };
        expect(isPlainAppend(frame(JSON.stringify(event)))).toBe(true);
        expect(isPlainAppend(frame(JSON.stringify(event, null, 2)))).toBe(true);
      }),
    );
  });
});
