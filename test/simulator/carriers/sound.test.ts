import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALAW_8K, MULAW_8K, type Sound, soundOfRaw, soundOfWav, soundOfWords } from '../../../simulator/carriers';
import { soundBytes } from '../../../simulator/carriers/sound';
import { decode } from '../../../simulator/carriers/wire-format';

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

describe('a sound', () => {
  it('comes from the recording that is shipped, at its own rate', () => {
    const sound = soundOfWav(readFileSync(join(__dirname, '../../../assets/booking.wav')));
    expect(sound.sampleRate).toBe(24000);
    expect(soundBytes(sound, MULAW_8K)).toHaveLength(Math.floor(sound.samples.length / 3));
  });

  it('comes from raw bytes and from words', () => {
    const bytes = soundBytes(soundOfWords('book a demo'), ALAW_8K);
    expect(bytes.length).toBeGreaterThan(8 * 500);
    expect(soundBytes(soundOfRaw(bytes, ALAW_8K), ALAW_8K)).toEqual(bytes);
  });

  it('keeps its level in another rate, and loses what the rate cannot carry', () => {
    const heard = (sound: Sound) => level(decode(soundBytes(sound, L16_16K), L16_16K));
    expect(heard(tone(1000, 24000)) / level(tone(1000, 24000).samples)).toBeCloseTo(1, 2);
    expect(heard(tone(1000, 8000)) / level(tone(1000, 8000).samples)).toBeCloseTo(1, 2);
    expect(heard(tone(11_000, 24000))).toBeLessThan(50);
  });
});
