import { type RelayOptions } from './subjects/relay';
import { type Subject } from './subjects/subject';

/** One thing worth knowing about the relay, and how it is found out. */
export interface Measure {
  /** As `--only` takes it. */
  readonly name: string;
  /** What is measured, in a sentence. */
  readonly title: string;
  /** What this machine lacks for it, in words that say how to get it; undefined if nothing. */
  missing?(): string | undefined;
  run(stage: Stage): Promise<readonly Figure[]>;
}

/** A result with what it was measured as in each round; more than one round shows how far it can be relied on. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'µs' | '%' | 'MiB' | 'KiB' | '×' | '1/s' | 'frames' | 'requests' | 'sessions';
  /** One value a round, in the order in which they were measured. Not empty. */
  readonly values: readonly number[];
  /** What the median of the rounds must not exceed. */
  readonly atMost?: number;
  /** What the median of the rounds must reach. */
  readonly atLeast?: number;
  /** What even the best round of a short run must not exceed: beyond it something is wrong, however busy the machine. */
  readonly neverAbove?: number;
}

/** What a measure works with. */
export interface Stage {
  /** A short run that shows whether everything works; its figures say little. */
  readonly quick: boolean;
  /** How often each thing is measured. */
  readonly rounds: number;
  /** A folder on the disk under measurement. */
  readonly directory: string;
  /** The relay, with what this measure needs of it. */
  readonly relay: (options?: Pick<RelayOptions, 'webhook' | 'storeUrl' | 'phone' | 'workers'>) => Subject;
  /** What the relay is compared with on the hot path; the first is the bare pipe. */
  readonly others: readonly Subject[];
  /** Tells the one who waits how far it has come. */
  readonly tell: (line: string) => void;
}

/** The median of the rounds; of an even number the lower one, so that it was really measured. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? NaN;
}
