import fc from 'fast-check';
import { Resampler, type Ratio } from '../../../relay/audio/resampler';

interface Conversion extends Ratio {
  readonly name: string;
  readonly fromHz: number;
  readonly toHz: number;
  /** What the lower rate can carry undulled. */
  readonly bandHz: readonly number[];
}

const narrow = [100, 440, 1000, 1700, 2500, 3000, 3300];
const wide = [100, 440, 1000, 3000, 4500, 6000, 6600];
const conversions: readonly Conversion[] = [
  { name: '8 to 24 kHz', fromHz: 8000, toHz: 24000, up: 3, down: 1, bandHz: narrow },
  { name: '24 to 8 kHz', fromHz: 24000, toHz: 8000, up: 1, down: 3, bandHz: narrow },
  { name: '16 to 24 kHz', fromHz: 16000, toHz: 24000, up: 3, down: 2, bandHz: wide },
  { name: '24 to 16 kHz', fromHz: 24000, toHz: 16000, up: 2, down: 3, bandHz: wide },
];

/** Loud, and of a length that is no whole number of periods of anything. */
const sine = (hz: number, rateHz: number, length: number) =>
  Int16Array.from({ length }, (_, index) => Math.round(30_000 * Math.sin((2 * Math.PI * hz * index) / rateHz + 0.3)));

describe.each(conversions)('resampling $name', ({ fromHz, toHz, up, down, bandHz }) => {
  it('keeps tones across the band at least 80 dB above everything it adds, in frames of 20 ms', () => {
    for (const hz of bandHz) {
      const out = inFrames(new Resampler({ up, down }), sine(hz, fromHz, fromHz), fromHz / 50);
      const { signalDb, gainDb } = fitSine(out.subarray(toHz / 50), hz, toHz);
      expect({ hz, isClean: signalDb >= 80, signalDb }).toMatchObject({ isClean: true });
      expect(Math.abs(gainDb)).toBeLessThan(0.1);
    }
  });

  it('gives the same samples however the stream is cut into pieces', () => {
    const stream = sine(700, fromHz, 2400);
    const whole = new Resampler({ up, down }).push(stream);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 12 }), (sizes) => {
        const resampler = new Resampler({ up, down });
        const pieces: number[] = [];
        let at = 0;
        for (const size of [...sizes, stream.length]) {
          pieces.push(...resampler.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(pieces).toEqual([...whole]);
      }),
      { numRuns: 30 },
    );
  });

  it('does not drift: as many samples come out as the rates say, frame by frame', () => {
    const resampler = new Resampler({ up, down });
    for (let frame = 0; frame < 500; frame++) {
      expect(resampler.push(new Int16Array(fromHz / 50))).toHaveLength(toHz / 50);
    }
  });

  it('starts anew after a reset', () => {
    const resampler = new Resampler({ up, down });
    const stream = sine(1000, fromHz, fromHz / 50);
    const first = resampler.push(stream);
    resampler.push(stream.subarray(0, 7));
    resampler.reset();
    expect(resampler.push(stream)).toEqual(first);
  });
});

it('keeps out what the lower rate cannot carry', () => {
  const out = new Resampler({ up: 1, down: 3 }).push(sine(4300, 24000, 24000)).subarray(200);
  expect(Math.max(...out.map(Math.abs))).toBeLessThanOrEqual(2);
});

it('clips instead of turning over', () => {
  const square = Int16Array.from({ length: 800 }, (_, index) => (index % 16 < 8 ? 32_767 : -32_768));
  const out = new Resampler({ up: 3, down: 1 }).push(square).subarray(300);
  expect(Math.max(...out)).toBe(32_767);
  expect(Math.min(...out)).toBe(-32_768);
});

function inFrames(resampler: Resampler, stream: Int16Array, frame: number): Int16Array {
  const out: number[] = [];
  for (let at = 0; at < stream.length; at += frame) out.push(...resampler.push(stream.subarray(at, at + frame)));
  return Int16Array.from(out);
}

/** The tone of this frequency that lies nearest (least squares), and how far above what is left it stands. */
function fitSine(
  samples: Int16Array,
  hz: number,
  rateHz: number,
): { readonly signalDb: number; readonly gainDb: number } {
  const wave = Array.from(samples, (_, index) => (2 * Math.PI * hz * index) / rateHz);
  const [sine, cosine] = [wave.map(Math.sin), wave.map(Math.cos)];
  const heard = Array.from(samples);
  const [ss, cc, sc] = [dot(sine, sine), dot(cosine, cosine), dot(sine, cosine)];
  const [sx, cx] = [dot(sine, heard), dot(cosine, heard)];
  const scale = ss * cc - sc * sc;
  const [a, b] = [(sx * cc - cx * sc) / scale, (cx * ss - sx * sc) / scale];
  const rest = heard.map((x, index) => x - a * (sine[index] ?? 0) - b * (cosine[index] ?? 0));
  const power = ((a ** 2 + b ** 2) / 2) * samples.length;
  return { signalDb: 10 * Math.log10(power / dot(rest, rest)), gainDb: 20 * Math.log10(Math.hypot(a, b) / 30_000) };
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
