import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pcmOfWav } from '../../../src/demo/wav';
import { packageRoot } from '../../../src/package-root';

const speech = readFileSync(join(packageRoot, 'assets', 'booking.wav'));

describe('pcmOfWav', () => {
  it('finds the samples of the speech that comes with the demo', () => {
    const pcm = pcmOfWav(speech, 24_000);
    expect(pcm.length / 48).toBeGreaterThan(2_000);
    expect(pcm.some((byte) => byte !== 0)).toBe(true);
  });

  it('refuses a file at another rate', () => {
    expect(() => pcmOfWav(speech, 16_000)).toThrow('at 16000 Hz');
  });

  it.each([
    ['no WAV file', Buffer.from('ID3 something else')],
    ['a file without samples', speech.subarray(0, 36)],
    ['an empty file', Buffer.alloc(0)],
  ])('refuses %s', (_what, file) => {
    expect(() => pcmOfWav(file, 24_000)).toThrow(/WAV/);
  });
});
