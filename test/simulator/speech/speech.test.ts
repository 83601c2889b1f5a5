import fc from 'fast-check';
import { codecOf } from '../../../simulator/audio/format';
import { speechProbability } from '../../../simulator/audio/vad';
import { argumentDeltas, wordDeltas } from '../../../simulator/speech/deltas';
import { DELTA_MS, speak } from '../../../simulator/speech/voice';
import { ALAW, MULAW, PCM } from '../support/audio';

describe('deltas', () => {
  it('of words and of arguments add up to their text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(wordDeltas(text).join('')).toBe(text);
        expect(argumentDeltas(text).join('')).toBe(text);
      }),
    );
  });

  it('of arguments have 1 to 6 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) =>
        argumentDeltas(text).every((delta) => Array.from(delta).length >= 1 && Array.from(delta).length <= 6),
      ),
    );
  });

  it('of words carry the space before them', () => {
    expect(wordDeltas('Let me check.')).toEqual(['Let', ' me', ' check.']);
  });
});

describe('the voice', () => {
  it.each([
    ['PCM', PCM],
    ['mu-law', MULAW],
    ['A-law', ALAW],
  ])('speaks with the energy of speech in %s', (_, format) => {
    const deltas = speak('Good morning', format);
    const codec = codecOf(format);
    expect(deltas.slice(0, -1).every(({ bytes }) => bytes.length === DELTA_MS * codec.bytesPerMs)).toBe(true);
    expect(speechProbability(codec.decode(deltas[0]?.bytes ?? Buffer.alloc(0)))).toBeGreaterThan(0.8);
    expect(Buffer.from(deltas[0]?.base64 ?? '', 'base64')).toEqual(deltas[0]?.bytes);
  });

  it('says the same thing the same way, and different things differently', () => {
    expect(speak('One', PCM)).toEqual(speak('One', PCM));
    expect(speak('One', PCM)[0]?.base64).not.toBe(speak('Two', PCM)[0]?.base64);
  });
});
