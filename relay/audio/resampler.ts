import { lowPass } from './low-pass';

/** A ratio of sample rates in lowest terms: `up` samples come out for `down` that go in. */
export interface Ratio {
  readonly up: number;
  readonly down: number;
}

/**
 * Changes the sample rate of a stream of 16-bit mono PCM.
 *
 * A windowed-sinc low-pass in polyphase form: each sample that comes out is a sum over the `tapsPerPhase` last samples that
 * went in, weighted by the one of `up` phases that its moment falls on. It keeps its state from piece to piece, so pieces
 * may be of any size and come out without a seam; over a whole stream exactly `up` samples come out for every `down`, and
 * everything is late by half the filter, 4.5 ms.
 */
export class Resampler {
  private readonly phases: readonly Float64Array[];
  private readonly taps: number;
  /** The last `taps - 1` samples, then the present piece. */
  private window: Float64Array;
  /** Where the next sample that comes out stands, in steps of 1/`up` of an input sample from the present piece's start. */
  private position = 0;

  constructor(private readonly ratio: Ratio) {
    this.phases = phasesFor(ratio);
    this.taps = this.phases[0]?.length ?? 0;
    this.window = new Float64Array(this.taps - 1);
  }

  /** The samples that follow from these. */
  push(samples: Int16Array): Int16Array {
    const { up, down } = this.ratio;
    const history = this.taps - 1;
    const window = new Float64Array(history + samples.length);
    window.set(this.window);
    window.set(samples, history);
    const end = samples.length * up;
    const out = new Int16Array(Math.max(0, Math.ceil((end - this.position) / down)));
    let position = this.position;
    for (let index = 0; index < out.length; index++, position += down) {
      const phase = position % up;
      out[index] = rounded(this.sumAt(window, (position - phase) / up, this.phases[phase]));
    }
    this.position = position - end;
    this.window = window.slice(samples.length);
    return out;
  }

  /** Forgets what went in, as at the start of a stream. */
  reset(): void {
    this.window = new Float64Array(this.taps - 1);
    this.position = 0;
  }

  private sumAt(window: Float64Array, start: number, phase: Float64Array | undefined): number {
    let sum = 0;
    if (phase === undefined) return sum;
    for (let tap = 0; tap < phase.length; tap++) sum += (window[start + tap] ?? 0) * (phase[tap] ?? 0);
    return sum;
  }
}

/** As many as let the telephone band, up to 3.4 kHz, pass undulled at the lowest rate. Of samples at the lower rate. */
const tapsPerPhase = 72;

/**
 * The low-pass at the lower of both rates, cut into the phases; built once per ratio. Each phase stands in the order of the
 * samples it weighs, oldest first.
 */
function phasesFor({ up, down }: Ratio): readonly Float64Array[] {
  const key = `${up}/${down}`;
  const known = built.get(key);
  if (known !== undefined) return known;
  const widest = Math.max(up, down);
  const taps = Math.ceil((tapsPerPhase * widest) / up);
  const filter = lowPass(taps * up, 1 / widest);
  const phases = Array.from({ length: up }, (_, phase) =>
    Float64Array.from({ length: taps }, (_tap, tap) => (filter[phase + (taps - 1 - tap) * up] ?? 0) * up),
  );
  built.set(key, phases);
  return phases;
}

const built = new Map<string, readonly Float64Array[]>();

function rounded(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}
