import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Latencies in a high dynamic range histogram: microseconds inside, milliseconds outside. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: 120_000_000, figures: 3 });

  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * 1_000)));
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** In milliseconds; 50 is the median. NaN when nothing was recorded. */
  percentile(percent: number): number {
    return this.count === 0 ? NaN : this.#histogram.percentile(percent) / 1_000;
  }
}
