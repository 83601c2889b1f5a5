import type { Point } from './totals';

/** How the load generator itself fared: what it measured is worth only as much as it was in time. */
export interface Generator {
  /** The 99th percentile of how late it sent what was due, in milliseconds. */
  readonly latenessMs: number;
  /** The share of time in which its busiest loop was busy, 0 to 1: of the busiest tenth of the run. */
  readonly busy: number;
  /** Processor time it used, in cores. */
  readonly cores: number;
  /** Why it was the bottleneck; empty if it was not. */
  readonly limits: readonly string[];
}

/** What a generator may do and still be believed. */
export const generatorBounds = { latenessMs: 20, busy: 0.85 } as const;

export function judgeGenerator(points: readonly Point[], latenessMs: number, cores: number): Generator {
  const busiest = points.map(({ busy }) => busy).sort((a, b) => b - a);
  const busy = busiest[Math.floor(busiest.length / 10)] ?? 0;
  const isBusy = busy > generatorBounds.busy;
  const percent = `${(100 * busy).toFixed(0)} % busy`;
  const limits = [
    ...(isBusy ? [`its event loop was ${percent}`] : []),
    ...(latenessMs > generatorBounds.latenessMs
      ? [
          `it sent 1 % of what was due more than ${latenessMs.toFixed(0)} ms late` +
            (isBusy ? '' : `, with a loop that was ${percent} only: other programs took the processor`),
        ]
      : []),
  ];
  return { latenessMs, busy, cores, limits };
}
