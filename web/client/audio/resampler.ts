/** Changes the rate of samples that come piece by piece. Piece after piece it gives what one long piece would have given. */
export type Resample = (input: Float32Array) => Float32Array<ArrayBuffer>;

/**
 * A filter of windowed sines, one row of weights for each place that an output sample can have between two input samples. What
 * the lower rate cannot hold is filtered out, so nothing is mirrored into what is heard. It is late by half its width, which
 * is under a millisecond, and gives one sample for each that is due: of n samples it makes `ceil(n * toHz / fromHz)`.
 *
 * @param fromHz and toHz Whole numbers.
 */
export function createResampler(fromHz: number, toHz: number): Resample {
  if (fromHz === toHz) return (input) => Float32Array.from(input);
  const common = greatestCommonDivisor(fromHz, toHz);
  const [up, down] = [toHz / common, fromHz / common];
  const width = 2 * Math.ceil(lobes * Math.max(1, fromHz / toHz));
  const weights = weightsFor(up, width, Math.min(1, toHz / fromHz));
  let kept = new Float32Array(width);
  /** Where the next output sample stands behind the first of the coming input, in steps of 1/up. */
  let next = 0;
  return (input) => {
    const known = new Float32Array(kept.length + input.length);
    known.set(kept);
    known.set(input, kept.length);
    const count = Math.max(0, Math.ceil((input.length * up - next) / down));
    const output = new Float32Array(count);
    for (let at = 0; at < count; at++, next += down) {
      const first = Math.floor(next / up) + 1;
      const row = (next % up) * width;
      let sum = 0;
      for (let tap = 0; tap < width; tap++) sum += (known[first + tap] ?? 0) * (weights[row + tap] ?? 0);
      output[at] = sum;
    }
    next -= input.length * up;
    kept = known.slice(known.length - width);
    return output;
  };
}

/** For each place between two samples the weights of the samples around it; each row adds up to 1. */
function weightsFor(up: number, width: number, cutoff: number): Float32Array {
  const weights = new Float32Array(up * width);
  for (let place = 0; place < up; place++) {
    const row = Array.from({ length: width }, (_, tap) =>
      windowedSine(tap - width / 2 + 1 - place / up, width / 2, cutoff),
    );
    const sum = row.reduce((total, weight) => total + weight, 0);
    weights.set(
      row.map((weight) => weight / sum),
      place * width,
    );
  }
  return weights;
}

function windowedSine(distance: number, halfWidth: number, cutoff: number): number {
  if (Math.abs(distance) >= halfWidth) return 0;
  const angle = Math.PI * distance * cutoff;
  const sine = angle === 0 ? 1 : Math.sin(angle) / angle;
  return sine * (0.5 + 0.5 * Math.cos((Math.PI * distance) / halfWidth));
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/** Half waves of the sine on each side: enough that speech sounds the same, few enough for a phone. */
const lobes = 12;
