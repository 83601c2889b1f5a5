import type { LoadResult } from './load';

/** What a machine is asked to keep while it carries more and more sessions. */
export interface Bounds {
  /** How much longer than in the first try the 99th percentiles may take, in milliseconds. */
  readonly withinMs: number;
  /** The share of sessions that may fail, 0 to 1. */
  readonly failedShare: number;
}

/** What came of so many sessions. */
export interface Trial {
  readonly sessions: number;
  readonly verdict: Verdict;
}

export type Verdict =
  | { readonly kind: 'held' }
  | { readonly kind: 'too_many'; readonly why: string }
  /** Nothing can be said of the server: the generator itself could do no more. */
  | { readonly kind: 'generator'; readonly why: string };

/** How many sessions to try next; undefined when the limit is known. */
export function nextTrial(trials: readonly Trial[], first: number, most: number): number | undefined {
  const held = Math.max(0, ...trials.filter(({ verdict }) => verdict.kind === 'held').map(({ sessions }) => sessions));
  const tooMany = Math.min(
    Infinity,
    ...trials.filter(({ verdict }) => verdict.kind !== 'held').map(({ sessions }) => sessions),
  );
  if (tooMany === Infinity) {
    if (held >= most) return undefined;
    return held === 0 ? Math.min(first, most) : Math.min(2 * held, most);
  }
  // A tenth more or less is within what two runs differ by.
  const isNear = tooMany - held <= Math.max(1, Math.round(held / 10));
  return isNear ? undefined : Math.floor((held + tooMany) / 2);
}

/** The most sessions that were held; 0 where not even the first were. */
export function limitOf(trials: readonly Trial[]): number {
  return Math.max(0, ...trials.filter(({ verdict }) => verdict.kind === 'held').map(({ sessions }) => sessions));
}

/** Judges a run against the first one. */
export function judge(result: LoadResult, first: LoadResult, { withinMs, failedShare }: Bounds): Verdict {
  const { started, failed, refused } = result.totals.counts;
  const bad = failed + refused;
  if (bad > failedShare * started) return { kind: 'too_many', why: `${bad} of ${started} sessions failed` };
  const [limit] = result.generator.limits;
  if (limit !== undefined) return { kind: 'generator', why: limit };
  for (const measure of judged) {
    const [now, then] = [result.totals.percentile(measure, 99), first.totals.percentile(measure, 99)];
    if (now > then + withinMs) {
      return {
        kind: 'too_many',
        why: `${names[measure]} took ${now.toFixed(0)} ms (99th percentile), and ${then.toFixed(0)} ms at first`,
      };
    }
  }
  return { kind: 'held' };
}

/** What a caller notices, and what tells that the server comes too late to its work. */
const judged = ['first_audio', 'first_text', 'ping', 'round_trip', 'stall', 'connect'] as const;

const names = {
  first_audio: 'the first sound of an answer',
  first_text: 'the first words of an answer',
  ping: 'the way there and back',
  round_trip: 'a command',
  stall: 'gaps in answers',
  connect: 'connecting',
} as const;
