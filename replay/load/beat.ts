import type { RecordableHistogram } from 'node:perf_hooks';
import type { Measure, Outcome } from '../player/model';
import { createTimes, recordMs } from './histogram';

/** What one worker saw in one second. It can be handed from thread to thread. */
export interface Beat {
  /** Since the run began. */
  readonly second: number;
  /** Sessions with an open connection at its end. */
  readonly held: number;
  readonly counts: Counts;
  /** How often each error was seen, by its code. */
  readonly errors: Readonly<Record<string, number>>;
  /** How often sessions differed from their recording, by how. */
  readonly differences: Readonly<Record<string, number>>;
  readonly times: ReadonlyMap<Measure, RecordableHistogram>;
  /** The share of the second in which the worker's own event loop was busy, 0 to 1; 0 of one too short to tell. */
  readonly busy: number;
}

/** What became of sessions. */
export interface Counts {
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly refused: number;
  /** Cut off by whoever ran the load, or by its end. */
  readonly stopped: number;
  /** Due, and not started because too many were on. */
  readonly passedOver: number;
}

export const noCounts: Counts = { started: 0, completed: 0, failed: 0, refused: 0, stopped: 0, passedOver: 0 };

/** Collects a second. */
export class BeatCollector {
  #counts: Record<keyof Counts, number> = { ...noCounts };
  #errors = new Map<string, number>();
  #differences = new Map<string, number>();
  #times = new Map<Measure, RecordableHistogram>();

  count(what: keyof Counts): void {
    this.#counts[what] += 1;
  }

  measured(measure: Measure, ms: number): void {
    let times = this.#times.get(measure);
    if (times === undefined) this.#times.set(measure, (times = createTimes()));
    recordMs(times, ms);
  }

  erred(code: string): void {
    countIn(this.#errors, code);
  }

  ended(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'completed':
        this.count(outcome.differences.length === 0 ? 'completed' : 'failed');
        for (const difference of outcome.differences) countIn(this.#differences, difference);
        break;
      case 'failed':
      case 'refused':
        this.count(outcome.kind);
        this.erred(outcome.code);
        break;
      case 'stopped':
        this.count('stopped');
    }
  }

  /** What was collected since the last time. */
  take(at: Pick<Beat, 'second' | 'held' | 'busy'>): Beat {
    const beat: Beat = {
      ...at,
      counts: this.#counts,
      errors: Object.fromEntries(this.#errors),
      differences: Object.fromEntries(this.#differences),
      times: this.#times,
    };
    this.#counts = { ...noCounts };
    this.#errors = new Map();
    this.#differences = new Map();
    this.#times = new Map();
    return beat;
  }
}

/** How many different names are counted; codes come from servers, and there might be no end of them. */
const maxNames = 200;

function countIn(counts: Map<string, number>, name: string): void {
  const known = counts.has(name) || counts.size < maxNames ? name : 'others';
  counts.set(known, (counts.get(known) ?? 0) + 1);
}
