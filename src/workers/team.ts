import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client';
import type { OrgTally } from '../../pipeline';

/** What workers tell each other about themselves; plain data. */
export interface Reports {
  /** Everything that is measured. */
  readonly metrics: readonly MetricReport[];
  /** The counts of each org. */
  readonly stats: readonly OrgTally[];
}

export type Topic = keyof Reports;

/** A report, and what it is about. */
export type Report = { readonly [Each in Topic]: { readonly topic: Each; readonly report: Reports[Each] } }[Topic];

/** A metric with its values, as prom-client writes it down. */
export type MetricReport = Omit<MetricObjectWithValues<MetricValueWithName<string>>, 'collect'>;

/** What one worker can say of itself. */
export type Reporters = { readonly [Each in Topic]: () => Reports[Each] | Promise<Reports[Each]> };

/** What the workers of a machine answered. */
export interface Gathered<Each extends Topic> {
  /** By the worker's number. */
  readonly answers: readonly { readonly worker: number; readonly report: Reports[Each] }[];
  /** The numbers of those that run, or should, and did not answer in time. */
  readonly silent: readonly number[];
  /** What was counted by those that have ended, and by those that are silent when they last answered; only what never falls. */
  readonly kept: Reports[Each];
  /** How often a worker was started again since the start. */
  readonly restarts: number;
}

/** The workers of one machine, as one of them sees them. */
export interface Team {
  /** From now on answers for this one. */
  reportWith(reporters: Reporters): void;
  /** Asks all, this one too. Never rejects: who does not answer in time is left out, and named. */
  gather<Each extends Topic>(topic: Each): Promise<Gathered<Each>>;
  /** Tells the others that a call has its stream here, so that none of them waits for it any longer. */
  tellTaken(call: string): void;
  /** From now on hears of calls that have their stream in another one. */
  onTaken(listener: (call: string) => void): void;
}
