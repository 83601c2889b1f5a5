/**
 * Which intents must be in doubt at the end of a run, and which may be, judged from outside.
 *
 * An intent **must** be UNKNOWN if a request for it was met in a way that proves nothing (a 500, no answer, a reset), and
 * no receiver that deduplicates answered a later one.
 *
 * It **may** be UNKNOWN besides if its relay was killed between the moment its send began and the moment its outcome could
 * be on record. The send began with its last request; where none arrived, when its record says. The outcome is on record
 * soon after, and where the store was away, soon after it came back.
 */
import { playFacts } from '../plays';
import { type Case } from './case';
import { type Circumstances, type Span } from './circumstances';

/** Why an intent is, or may be, in doubt. */
export type Doubt =
  /** Its webhook left it open. */
  | 'webhook'
  /** Its relay was killed while it was at it. */
  | 'death';

/** By when an outcome is on record while the store answers: a call's deadline, and a second for a busy machine. */
const settledWithinMs = 2_500;

/** How far the clock of the store may stand from ours, in milliseconds: it counts whole ones. */
const clockSlackMs = 5;

/** Whether it must be in doubt. */
export function mustBeUnknown({ org, sends }: Case): boolean {
  const meanings = sends.map(({ play }) => playFacts[play].means);
  return org === 'org_deduplicates' ? meanings.at(-1) === 'doubtful' : meanings.includes('doubtful');
}

/** What explains that it is in doubt, the strongest reason; undefined if nothing does. */
export function doubtOf(one: Case, { deaths, outages }: Circumstances): Doubt | undefined {
  if (mustBeUnknown(one)) return 'webhook';
  const last = one.sends.at(-1);
  const beganMs = last?.atMs ?? (one.record?.state === 'UNKNOWN' ? one.record.sendStartedAtMs : undefined);
  if (beganMs === undefined) return undefined;
  const fromMs = beganMs - clockSlackMs;
  const toMs = settledByMs(beganMs, outages);
  const killed = last === undefined ? [...deaths.values()] : [deaths.get(last.life) ?? Infinity];
  return killed.some((atMs) => atMs >= fromMs && atMs <= toMs) ? 'death' : undefined;
}

/** By when the outcome of a send that began then is on record, in milliseconds since the epoch. */
function settledByMs(beganMs: number, outages: readonly Span[]): number {
  return outages.reduce(
    (byMs, { fromMs, toMs }) => (fromMs <= byMs && toMs >= beganMs ? Math.max(byMs, toMs + settledWithinMs) : byMs),
    beganMs + settledWithinMs,
  );
}
