/** How many of the latest durations percentiles are taken from. */
export const latencySamples = 1_000;

/** Durations in milliseconds; all null while there is none. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** Durations as one process has measured them. */
export interface LatencyTally {
  /** How many there were. */
  readonly count: number;
  /** The latest of them in milliseconds, in no order. */
  readonly latestMs: Float64Array;
}

/** The latest durations, in memory that does not grow. */
export class Latencies {
  readonly #samples = new Float64Array(latencySamples);
  #count = 0;

  add(durationMs: number): void {
    this.#samples[this.#count % latencySamples] = durationMs;
    this.#count += 1;
  }

  /** A copy. */
  tally(): LatencyTally {
    return { count: this.#count, latestMs: this.#samples.slice(0, Math.min(this.#count, latencySamples)) };
  }
}

/** Several processes' durations as one: `count` is of all, the rest of the latest `latencySamples` of each. */
export function summaryOf(tallies: readonly LatencyTally[]): LatencySummary {
  const sorted = Float64Array.from(tallies.flatMap(({ latestMs }) => [...latestMs])).sort();
  const at = (share: number): number | null => {
    const sample = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return sample === undefined ? null : Math.round(sample * 10) / 10;
  };
  const count = tallies.reduce((sum, tally) => sum + tally.count, 0);
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
