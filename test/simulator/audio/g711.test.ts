import fc from 'fast-check';
import {
  ALAW_SILENCE,
  decodeAlaw,
  decodeMulaw,
  encodeAlaw,
  encodeMulaw,
  MULAW_SILENCE,
} from '../../../simulator/audio/g711';

const CODECS = [
  ['mu-law', decodeMulaw, encodeMulaw],
  ['A-law', decodeAlaw, encodeAlaw],
] as const;

describe('G.711', () => {
  it('decodes the values of the standard', () => {
    expect([...decodeMulaw(Uint8Array.of(0x00, 0x80, 0x7f, 0xff, 0x0f, 0xa0))]).toEqual([
      -32124, 32124, 0, 0, -16764, 7932,
    ]);
    expect([...decodeAlaw(Uint8Array.of(0x2a, 0xaa, 0x55, 0xd5, 0x00, 0x80))]).toEqual([
      -32256, 32256, -8, 8, -5504, 5504,
    ]);
  });

  it('has silence where the protocol says', () => {
    expect([...decodeMulaw(Uint8Array.of(MULAW_SILENCE))]).toEqual([0]);
    expect(Math.abs(decodeAlaw(Uint8Array.of(ALAW_SILENCE))[0] ?? 99)).toBeLessThanOrEqual(8);
  });

  it.each(CODECS)('%s gives every byte back, save one of two zeros', (_, decode, encode) => {
    const bytes = Uint8Array.from({ length: 256 }, (_unused, index) => index);
    const samples = decode(bytes);
    expect([...decode(encode(samples))]).toEqual([...samples]);
  });

  it.each(CODECS)('%s keeps every sample to within a sixteenth', (_, decode, encode) => {
    fc.assert(
      fc.property(fc.integer({ min: -32768, max: 32767 }), (sample) => {
        const [heard = 0] = decode(encode(Int16Array.of(sample)));
        return Math.abs(heard - sample) <= Math.max(16, Math.abs(sample) / 16 + 4);
      }),
    );
  });
});
