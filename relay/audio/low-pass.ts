/**
 * The impulse response of a low-pass filter: a sinc under a Kaiser window, of unit gain at zero.
 *
 * @param length in taps.
 * @param band the stop band's edge as a part of half the sample rate; above it everything is at least 90 dB down.
 */
export function lowPass(length: number, band: number): Float64Array {
  const middle = (length - 1) / 2;
  // Width of the transition for this attenuation and length (Kaiser's estimate), as a part of half the sample rate.
  const transition = (attenuationDb - 7.95) / (7.18 * length);
  const cutoff = band - transition / 2;
  const response = Float64Array.from({ length }, (_, index) => {
    const offset = index - middle;
    return cutoff * sinc(cutoff * offset) * kaiser(offset / middle);
  });
  const gain = response.reduce((sum, tap) => sum + tap, 0);
  return response.map((tap) => tap / gain);
}

const attenuationDb = 90;
const beta = 0.1102 * (attenuationDb - 8.7);

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return bessel(beta * Math.sqrt(Math.max(0, 1 - x * x))) / bessel(beta);
}

/** The modified Bessel function of the first kind and order zero, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
