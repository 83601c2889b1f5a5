/**
 * Which intents must be in doubt at the end of a run, and which may be, judged from outside.
 *
 * An intent **must** be UNKNOWN if a request for it was met in a way that proves nothing (a 500, no answer, a reset), and
 * no receiver that deduplicates answered a later one.
 *
 * It **may** be UNKNOWN besides if
 *
 * - its webhook's answer came when the time of the call was over: to its sender that is no answer; or
 * - its relay was killed between the moment its send began and the moment its outcome could be on record. The send began
 *   with its last request; where none arrived, when its record says. The outcome is on record soon after the answer, and
 *   where the store was away then, soon after it came back.
 */
import { playFacts } from '../plays';
import { deadlineMs } from '../relay';
import { type Case, type CaseSend } from './case';
import { type Circumstances, type Span } from './circumstances';

/** Why an intent is, or may be, in doubt. */
export type Doubt =
  /** Its webhook left it open. */
  | 'webhook'
  /** Its webhook answered too late. */
  | 'late answer'
  /** Its relay was killed while it was at it. */
  | 'death';

/** Within which time of its claim an answer is in time, in milliseconds: half a second is for recording, and half to spare. */
const inTimeMs = deadlineMs - 1_000;

/** By when an outcome is on record while the store answers, in milliseconds: a busy machine takes long. */
const recordedWithinMs = 1_500;

/** How far the clock of the store may stand from ours, in milliseconds: it counts whole ones. */
const clockSlackMs = 5;

/** Whether it must be in doubt. */
export function mustBeUnknown({ org, sends }: Case): boolean {
  const meanings = sends.map(({ play }) => playFacts[play].means);
  return org === 'org_deduplicates' ? meanings.at(-1) === 'doubtful' : meanings.includes('doubtful');
}

/** What explains that it is in doubt, the strongest reason; undefined if nothing does. */
export function doubtOf(one: Case, circumstances: Circumstances): Doubt | undefined {
  if (mustBeUnknown(one)) return 'webhook';
  const send = lastSendOf(one);
  if (send !== undefined && isLate(one, send)) return 'late answer';
  return isCutOff(one, send, circumstances) ? 'death' : undefined;
}

/** The request that its record speaks of; undefined if that never arrived. */
function lastSendOf({ sends, record }: Case): CaseSend | undefined {
  const last = sends.at(-1);
  const beganMs = record?.state === 'UNKNOWN' ? record.sendStartedAtMs : 0;
  return last !== undefined && last.atMs + clockSlackMs >= beganMs ? last : undefined;
}

function isLate({ record }: Case, { atMs, repliedMs = Infinity }: CaseSend): boolean {
  const claims = (record?.trail ?? []).filter(({ state }) => state === 'RESERVED');
  const claim = claims.findLast((step) => step.atMs <= atMs + clockSlackMs) ?? claims[0];
  return claim !== undefined && repliedMs >= claim.atMs + inTimeMs;
}

function isCutOff({ record }: Case, send: CaseSend | undefined, { deaths, outages }: Circumstances): boolean {
  if (send !== undefined) {
    const endMs = recordedByMs(send.repliedMs ?? send.atMs + deadlineMs, outages);
    // A request that is seen after the death of its sender was on its way then.
    return (deaths.get(send.life) ?? Infinity) <= endMs;
  }
  if (record?.state !== 'UNKNOWN') return false;
  const fromMs = record.sendStartedAtMs - clockSlackMs;
  const endMs = recordedByMs(record.sendStartedAtMs + deadlineMs, outages);
  return [...deaths.values()].some((atMs) => atMs >= fromMs && atMs <= endMs);
}

/** By when an outcome that was known then is on record, in milliseconds since the epoch. */
function recordedByMs(knownMs: number, outages: readonly Span[]): number {
  return outages.reduce(
    (byMs, { fromMs, toMs }) => (fromMs <= byMs && toMs >= knownMs ? Math.max(byMs, toMs + recordedWithinMs) : byMs),
    knownMs + recordedWithinMs,
  );
}
