/**
 * What a frame of 20 ms costs to resample: `npm run resampler`. A script and no test, since a
 * busy machine would fail it.
 */
import { Resampler } from '../relay/audio/resampler';

const conversions = [
  ['8 to 24 kHz', 8000, { up: 3, down: 1 }],
  ['24 to 8 kHz', 24000, { up: 1, down: 3 }],
  ['16 to 24 kHz', 16000, { up: 3, down: 2 }],
  ['24 to 16 kHz', 24000, { up: 2, down: 3 }],
] as const;
const frames = 5000;

for (const [name, fromHz, ratio] of conversions) {
  const resampler = new Resampler(ratio);
  const frame = Int16Array.from({ length: fromHz / 50 }, (_, index) => ((index * 7919) % 60_000) - 30_000);
  const timesMs = Array.from({ length: frames }, () => {
    const startMs = performance.now();
    resampler.push(frame);
    return performance.now() - startMs;
  }).sort((a, b) => a - b);
  const at = (part: number) => (timesMs[Math.floor(part * frames)] ?? 0).toFixed(3);
  console.log(`${name}: median ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}
