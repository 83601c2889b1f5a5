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

/** The latest durations, in memory that does not grow. */
export class Latencies {
  readonly #samples = new Float64Array(latencySamples);
  #count = 0;

  add(durationMs: number): void {
    this.#samples[this.#count % latencySamples] = durationMs;
    this.#count += 1;
  }

  /** `count` is of all; the rest is of the latest `latencySamples`. */
  summary(): LatencySummary {
    const sorted = this.#samples.slice(0, Math.min(this.#count, latencySamples)).sort();
    const at = (share: number): number | null => {
      const sample = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
      return sample === undefined ? null : Math.round(sample * 10) / 10;
    };
    return { count: this.#count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }
}
