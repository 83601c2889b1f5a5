import type { Measure } from '../../player/model';
import { measures } from '../../player/model';
import type { StandIns } from '../../player/script';
import type { Counts } from '../beat';
import type { Generator } from '../generator';
import { type Figures, figuresOf } from '../histogram';
import type { LoadResult } from '../load';
import type { LoadPlan } from '../plan';
import type { Point } from '../totals';

/** A run as it is reported, and as `--json` writes it. Times are milliseconds. */
export interface Summary {
  /** Where to, without credential and query. */
  readonly target: string;
  /** The recordings that were played. */
  readonly recordings: readonly string[];
  readonly plan: LoadPlan;
  readonly speed: number;
  readonly expect: string;
  /** Whether it was ended by hand. */
  readonly isInterrupted: boolean;
  readonly seconds: number;
  readonly sessions: Counts & { readonly heldMost: number };
  readonly measures: Readonly<Partial<Record<Measure, Figures>>>;
  /** How often each was seen, the most frequent first. */
  readonly errors: Readonly<Record<string, number>>;
  readonly differences: Readonly<Record<string, number>>;
  readonly generator: Generator;
  readonly standIns: StandIns;
  readonly timeline: readonly Point[];
}

/** What a report says that is not measured. */
export type About = Pick<Summary, 'target' | 'recordings' | 'plan' | 'speed' | 'expect' | 'isInterrupted' | 'standIns'>;

export function summarize(about: About, { totals, generator, seconds }: LoadResult): Summary {
  const figures = measures.flatMap((measure) => {
    const times = totals.times.get(measure);
    return times === undefined ? [] : [[measure, figuresOf(times)] as const];
  });
  return {
    ...about,
    seconds,
    sessions: { ...totals.counts, heldMost: totals.heldMost },
    measures: Object.fromEntries(figures),
    errors: byFrequency(totals.errors),
    differences: byFrequency(totals.differences),
    generator,
    timeline: totals.points(),
  };
}

/** Whether every session did what was expected of it. */
export function isFine({ sessions }: Pick<Summary, 'sessions'>): boolean {
  return sessions.failed + sessions.refused + sessions.passedOver === 0 && sessions.started > 0;
}

function byFrequency(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
