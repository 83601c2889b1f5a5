import { growingMetrics } from '../metrics/growing';
import { pastTallies } from '../../pipeline';
import type { Report, Reports, Topic } from './team';

/**
 * What the primary remembers of what workers have counted, for the time when they cannot be asked any more: sums in which
 * a worker suddenly counts for nothing fall, and whoever reads them takes that for a new beginning.
 */
export class LastWords {
  /** By the worker's number. */
  readonly #latest = new Map<number, Partial<Reports>>();
  #past: Reports = { metrics: [], stats: [] };

  /** A worker has said this of itself. */
  heard(worker: number, { topic, report }: Report): void {
    this.#latest.set(worker, { ...this.#latest.get(worker), [topic]: report });
  }

  /** A worker has ended; whoever comes in its place begins at nothing. */
  ended(worker: number): void {
    this.#past = this.#with([worker]);
    this.#latest.delete(worker);
  }

  /** What all have counted that have ended, and these who do not answer, as far as they told. */
  of<Each extends Topic>(topic: Each, silent: readonly number[]): Reports[Each] {
    return this.#with(silent)[topic];
  }

  #with(workers: readonly number[]): Reports {
    const latest = workers.flatMap((worker) => this.#latest.get(worker) ?? []);
    return {
      metrics: growingMetrics([this.#past.metrics, ...latest.map(({ metrics = [] }) => metrics)]),
      stats: pastTallies([this.#past.stats, ...latest.map(({ stats = [] }) => stats)].flat()),
    };
  }
}
