import fc from 'fast-check';
import { soundOfWav } from '../../../simulator/carriers';

interface WavParts {
  readonly coding?: number;
  readonly bits?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  /** What the file says; left out: the truth. */
  readonly dataBytes?: number;
  /** The coding that stands behind the number of the extensible form. */
  readonly subCoding?: number;
}

function wav(data: Buffer, parts: WavParts = {}): Buffer {
  const { coding = 1, bits = 16, channels = 1, sampleRate = 8_000, dataBytes = data.length, subCoding } = parts;
  const format = Buffer.alloc(subCoding === undefined ? 16 : 40);
  format.writeUInt16LE(coding, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt16LE(bits, 14);
  if (subCoding !== undefined) format.writeUInt16LE(subCoding, 24);
  return Buffer.concat([
    Buffer.from('RIFF....WAVEfmt '),
    length(format.length),
    format,
    Buffer.from('data'),
    length(dataBytes),
    data,
  ]);
}

function length(bytes: number): Buffer {
  const written = Buffer.alloc(4);
  written.writeUInt32LE(bytes);
  return written;
}

/** Two samples, 4096 and -4096, one after the other. */
const pcm16 = Buffer.from(Int16Array.of(4_096, -4_096).buffer);
const pcm24 = Buffer.from([0, 0, 0x10, 0, 0, 0xf0]);
const pcm32 = Buffer.from(Int32Array.of(4_096 * 65_536, -4_096 * 65_536).buffer);
const floats = Buffer.from(Float32Array.of(0.125, -0.125).buffer);

describe('a WAV file', () => {
  it.each([
    ['of 8 bits', wav(Buffer.from([144, 112]), { bits: 8 })],
    ['of 16 bits', wav(pcm16)],
    ['of 24 bits', wav(pcm24, { bits: 24 })],
    ['of 32 bits', wav(pcm32, { bits: 32 })],
    ['of floating point', wav(floats, { coding: 3, bits: 32 })],
    ['in the extensible form', wav(pcm16, { coding: 0xfffe, subCoding: 1 })],
    ['in stereo', wav(Buffer.from(Int16Array.of(8_192, 0, 0, -8_192).buffer), { channels: 2 })],
    ['that says it is empty', wav(pcm16, { dataBytes: 0 })],
    ['that says it is endless', wav(pcm16, { dataBytes: 0xffffffff })],
  ])('%s is read', (_what, file) => {
    const { samples, sampleRate } = soundOfWav(file);
    expect(sampleRate).toBe(8_000);
    expect([...samples].map((sample) => Math.round(sample / 4))).toEqual([1_024, -1_024]);
  });

  it.each([6, 7])('of coding %i is read as G.711', (coding) => {
    expect(soundOfWav(wav(Buffer.from([0, 0x55, 0xff]), { coding, bits: 8 })).samples).toHaveLength(3);
  });

  it.each([
    ['no file of its kind', Buffer.from('ID3 something else')],
    ['no data', wav(pcm16).subarray(0, 36)],
    ['no samples', wav(Buffer.alloc(0))],
    ['no channel', wav(pcm16, { channels: 0 })],
    ['no rate', wav(pcm16, { sampleRate: 0 })],
    ['a rate of one sample a second', wav(pcm16, { sampleRate: 1 })],
    ['12 bits', wav(pcm16, { bits: 12 })],
    ['half a head', wav(pcm16).subarray(0, 30)],
  ])('with %s is refused', (_what, file) => {
    expect(() => soundOfWav(file)).toThrow(/WAV file/);
  });

  it('that is broken anywhere is refused in words or read, and nothing else', () => {
    const whole = wav(pcm16);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const broken = Buffer.from(whole);
        broken[at] = byte;
        try {
          soundOfWav(broken);
        } catch (error) {
          expect(String(error)).toContain('WAV file');
        }
      }),
    );
  });
});
