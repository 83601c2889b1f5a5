import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALAW_8K, MULAW_8K, type Sound, soundOfRaw, soundOfWav, soundOfWords } from '../../../simulator/carriers';
import { soundBytes } from '../../../simulator/carriers/sound';
import { decode, encode } from '../../../simulator/carriers/wire-format';

const L16_16K = { encoding: 'l16', sampleRate: 16000 } as const;

function tone(hertz: number, sampleRate: number, ms = 200): Sound {
  const samples = Int16Array.from({ length: (sampleRate * ms) / 1000 }, (_, index) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * hertz * index) / sampleRate)),
  );
  return { samples, sampleRate };
}

function level(samples: Int16Array): number {
  const middle = samples.subarray(samples.length / 4, (samples.length * 3) / 4);
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}

function wav(coding: number, bits: number, data: Buffer, channels = 1): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(coding, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

describe('a sound', () => {
  it('comes from the recording that is shipped, at its own rate', () => {
    const sound = soundOfWav(readFileSync(join(__dirname, '../../../assets/booking.wav')));
    expect(sound.sampleRate).toBe(24000);
    expect(soundBytes(sound, MULAW_8K)).toHaveLength(Math.floor(sound.samples.length / 3));
  });

  it.each([
    [7, MULAW_8K],
    [6, ALAW_8K],
  ])('comes from a WAV file with coding %i', (coding, format) => {
    const bytes = encode(tone(440, 8000, 20).samples, format);
    expect(soundBytes(soundOfWav(wav(coding, 8, bytes)), format)).toEqual(bytes);
  });

  it('comes from raw bytes and from words', () => {
    const bytes = soundBytes(soundOfWords('book a demo'), ALAW_8K);
    expect(bytes.length).toBeGreaterThan(8 * 500);
    expect(soundBytes(soundOfRaw(bytes, ALAW_8K), ALAW_8K)).toEqual(bytes);
  });

  it.each([
    ['no file of its kind', Buffer.from('ID3 something else')],
    ['no samples', wav(1, 16, Buffer.alloc(0)).subarray(0, 36)],
    ['two channels', wav(1, 16, Buffer.alloc(8), 2)],
  ])('is refused: %s', (_, file) => {
    expect(() => soundOfWav(file)).toThrow(/WAV file/);
  });

  it('keeps its level in another rate, and loses what the rate cannot carry', () => {
    const heard = (sound: Sound) => level(decode(soundBytes(sound, L16_16K), L16_16K));
    expect(heard(tone(1000, 24000)) / level(tone(1000, 24000).samples)).toBeCloseTo(1, 2);
    expect(heard(tone(1000, 8000)) / level(tone(1000, 8000).samples)).toBeCloseTo(1, 2);
    expect(heard(tone(11_000, 24000))).toBeLessThan(50);
  });
});
