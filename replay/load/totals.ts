import type { RecordableHistogram } from 'node:perf_hooks';
import type { Measure } from '../player/model';
import { type Beat, type Counts, noCounts } from './beat';
import { createTimes, percentileMs } from './histogram';

/** One second of a run, all workers together. Percentiles are missing where nothing was measured in it. */
export interface Point {
  /** Since the run began. */
  readonly second: number;
  readonly held: number;
  readonly failed: number;
  /** The 99th percentiles, in milliseconds. */
  readonly p99: Readonly<Partial<Record<Measure, number>>>;
  /** The share of the second in which the busiest worker's loop was busy, 0 to 1. */
  readonly busy: number;
}

/** How many seconds back a worker may still tell of, where others are ahead. */
const openSeconds = 5;

/** Everything that a run's workers told. */
export class Totals {
  readonly times = new Map<Measure, RecordableHistogram>();
  readonly #errors = new Map<string, number>();
  readonly #differences = new Map<string, number>();
  readonly #points: Point[] = [];
  readonly #open = new Map<number, Second>();
  #counts: Counts = noCounts;
  #heldMost = 0;

  add(beat: Beat): void {
    this.#counts = plus(this.#counts, beat.counts);
    addTo(this.#errors, beat.errors);
    addTo(this.#differences, beat.differences);
    mergeInto(this.times, beat.times);
    const second = this.#open.get(beat.second) ?? { held: 0, failed: 0, busy: 0, times: new Map() };
    second.held += beat.held;
    second.failed += beat.counts.failed + beat.counts.refused;
    second.busy = Math.max(second.busy, beat.busy);
    mergeInto(second.times, beat.times);
    this.#open.set(beat.second, second);
    this.#heldMost = Math.max(this.#heldMost, second.held);
    for (const at of [...this.#open.keys()]) if (at < beat.second - openSeconds) this.#close(at);
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** The most sessions that were on at the end of a second. */
  get heldMost(): number {
    return this.#heldMost;
  }

  /** Sessions that are on, as far as all workers have told. */
  get heldNow(): number {
    return [...this.#open.values()].at(-1)?.held ?? 0;
  }

  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  get differences(): ReadonlyMap<string, number> {
    return this.#differences;
  }

  /** Every second of the run, once it is over. */
  points(): readonly Point[] {
    for (const at of [...this.#open.keys()]) this.#close(at);
    return this.#points.sort((a, b) => a.second - b.second);
  }

  /** In milliseconds; NaN where nothing was measured. */
  percentile(measure: Measure, percent: number): number {
    const times = this.times.get(measure);
    return times === undefined ? NaN : percentileMs(times, percent);
  }

  #close(at: number): void {
    const second = this.#open.get(at);
    if (second === undefined) return;
    this.#open.delete(at);
    const { times, ...rest } = second;
    const p99 = Object.fromEntries([...times].map(([measure, of]) => [measure, percentileMs(of, 99)]));
    this.#points.push({ second: at, ...rest, p99 });
  }
}

interface Second {
  held: number;
  failed: number;
  busy: number;
  readonly times: Map<Measure, RecordableHistogram>;
}

function plus(a: Counts, b: Counts): Counts {
  return {
    started: a.started + b.started,
    completed: a.completed + b.completed,
    failed: a.failed + b.failed,
    refused: a.refused + b.refused,
    stopped: a.stopped + b.stopped,
    passedOver: a.passedOver + b.passedOver,
  };
}

function addTo(sums: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
}

function mergeInto(sums: Map<Measure, RecordableHistogram>, times: ReadonlyMap<Measure, RecordableHistogram>): void {
  for (const [measure, more] of times) {
    let sum = sums.get(measure);
    if (sum === undefined) sums.set(measure, (sum = createTimes()));
    sum.add(more);
  }
}
