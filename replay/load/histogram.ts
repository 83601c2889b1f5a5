import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** The values of a measurement, in milliseconds. */
export interface Figures {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Values up to two minutes in a high dynamic range histogram, exact to three digits: microseconds inside, milliseconds outside. */
export function createTimes(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: longestMicroseconds, figures: 3 });
}

export function recordMs(times: RecordableHistogram, ms: number): void {
  times.record(Math.min(longestMicroseconds, Math.max(1, Math.round(ms * 1_000))));
}

/** @param percent 50 is the median. @returns milliseconds; NaN where nothing was recorded. */
export function percentileMs(times: RecordableHistogram, percent: number): number {
  return times.count === 0 ? NaN : times.percentile(percent) / 1_000;
}

export function figuresOf(times: RecordableHistogram): Figures {
  return {
    count: times.count,
    p50: percentileMs(times, 50),
    p90: percentileMs(times, 90),
    p99: percentileMs(times, 99),
    p999: percentileMs(times, 99.9),
    max: percentileMs(times, 100),
  };
}

const longestMicroseconds = 120_000_000;
