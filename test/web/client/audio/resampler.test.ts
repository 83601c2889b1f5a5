import fc from 'fast-check';
import { createResampler } from '../../../../web/client/audio/resampler';

const rates = [
  [48_000, 24_000],
  [44_100, 24_000],
  [16_000, 24_000],
  [24_000, 48_000],
  [24_000, 44_100],
] as const;

const sine = (hz: number, rateHz: number, count: number) =>
  Float32Array.from({ length: count }, (_, at) => 0.9 * Math.sin((2 * Math.PI * hz * at) / rateHz));

const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);

describe.each(rates)('changing the rate from %i to %i', (fromHz, toHz) => {
  it('gives the same samples however the stream is cut into pieces', () => {
    const stream = sine(700, fromHz, 2_000);
    const whole = createResampler(fromHz, toHz)(stream);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 12 }), (sizes) => {
        const resample = createResampler(fromHz, toHz);
        let at = 0;
        const pieces = [...sizes, stream.length].flatMap((size) => [...resample(stream.subarray(at, (at += size)))]);
        expect(pieces).toEqual([...whole]);
      }),
      { numRuns: 30 },
    );
  });

  it('gives as many samples as the rates say', () => {
    const resample = createResampler(fromHz, toHz);
    let count = 0;
    for (let piece = 0; piece < 100; piece++) count += resample(new Float32Array(128)).length;
    expect(count).toBe(Math.ceil((12_800 * toHz) / fromHz));
  });

  it.each([100, 1_000, 3_000, 6_000])('keeps a tone of %i Hz as loud as it is, and clean', (hz) => {
    const out = createResampler(fromHz, toHz)(sine(hz, fromHz, fromHz)).subarray(toHz / 50, toHz - toHz / 50);
    const { gain, rest } = fit(out, hz, toHz);
    expect(Math.abs(20 * Math.log10(gain / 0.9))).toBeLessThan(0.5);
    expect(20 * Math.log10(rest / gain)).toBeLessThan(-50);
  });
});

describe('changing the rate', () => {
  it('filters out what the lower rate cannot hold', () => {
    const out = createResampler(48_000, 24_000)(sine(16_000, 48_000, 48_000));
    expect(20 * Math.log10(rms(out.subarray(1_000)))).toBeLessThan(-50);
  });

  it('leaves samples alone that have the rate already', () => {
    const stream = sine(700, 24_000, 500);
    expect([...createResampler(24_000, 24_000)(stream)]).toEqual([...stream]);
  });
});

/** How much of a tone is in the samples, and the root of the mean square of what else is. */
function fit(samples: Float32Array, hz: number, rateHz: number): { readonly gain: number; readonly rest: number } {
  const angle = (at: number) => (2 * Math.PI * hz * at) / rateHz;
  let [sine, cosine] = [0, 0];
  samples.forEach((sample, at) => {
    sine += (2 * sample * Math.sin(angle(at))) / samples.length;
    cosine += (2 * sample * Math.cos(angle(at))) / samples.length;
  });
  const rest = samples.map((sample, at) => sample - sine * Math.sin(angle(at)) - cosine * Math.cos(angle(at)));
  return { gain: Math.hypot(sine, cosine), rest: rms(rest) };
}
