import type { CallEvent, PhoneCall, UntilOptions } from '../../simulator/carriers';
import type { Expectation } from './expectation';
import type { Outcome } from './model';
import type { PhoneTurn } from './phone-turns';
import type { RunningSession, SessionListener } from './session';

/** A script as a phone call plays it. */
export interface PhonePlay {
  readonly turns: readonly PhoneTurn[];
  /** Whether the caller waits for the other side to hang up in the end. */
  readonly endsByServer: boolean;
  readonly expect: Expectation;
  /** How long a caller waits for an answer, in milliseconds. */
  readonly patienceMs: number;
}

/** How often it is looked how late this process is, in milliseconds. */
const lookMs = 100;

/**
 * Plays a script in a call that has just begun to ring.
 *
 * @param dueMs when it was to begin, by `performance.now()`.
 */
export function playPhoneCall(
  play: PhonePlay,
  call: PhoneCall,
  listener: SessionListener,
  dueMs = performance.now(),
): RunningSession {
  let isStopped = false;
  let saidMs: number | undefined;
  let lookedMs = performance.now();
  const looking = setInterval(() => {
    const nowMs = performance.now();
    listener.measured('lateness', Math.max(0, nowMs - lookedMs - lookMs));
    lookedMs = nowMs;
  }, lookMs);
  const unlisten = call.history.listen((event) => {
    const nowMs = performance.now();
    if (event.type === 'stream_opened') {
      listener.opened();
      listener.measured('connect', nowMs - dueMs);
    }
    if (event.type === 'said') saidMs = nowMs;
    if (event.type === 'saying') saidMs = undefined;
    if (event.type === 'complaint') listener.erred(`complaint_${event.complaint.code}`);
    if (event.type === 'playing' && saidMs !== undefined) {
      listener.measured('first_audio', nowMs - saidMs);
      saidMs = undefined;
    }
  });
  void converse(play, call).then((outcome) => {
    clearInterval(looking);
    unlisten();
    call.hangUp();
    listener.ended(isStopped ? { kind: 'stopped' } : outcome);
  });
  return {
    stop: () => {
      isStopped = true;
      call.hangUp();
    },
  };
}

async function converse(play: PhonePlay, call: PhoneCall): Promise<Outcome> {
  const { patienceMs: timeoutMs } = play;
  let code = 'no_stream';
  try {
    await happens(call, 'stream_opened', { timeoutMs });
    let after = -1;
    for (const turn of play.turns) {
      code = 'no_answer';
      await turnComes(call, turn, after, timeoutMs);
      after = call.history.lastIndex;
      await call.say(turn.sound);
    }
    if (play.turns.length > 0) await answerHeard(call, after, timeoutMs);
    code = 'no_end';
    if (play.endsByServer) await happens(call, 'ended', { timeoutMs });
    return { kind: 'completed', differences: differencesOf(play, call) };
  } catch {
    return broken(call, play, code);
  }
}

async function turnComes(call: PhoneCall, turn: PhoneTurn, after: number, timeoutMs: number): Promise<void> {
  if (turn.after === 'began') await happens(call, 'playing', { after, timeoutMs });
  if (turn.after === 'answered') await answerHeard(call, after, timeoutMs);
  await passes(call, turn.pauseMs);
}

/** An answer comes in bursts, between which it may be quiet for a moment, in milliseconds. */
const momentMs = 300;

/** Waits until an answer has been heard to its end. */
async function answerHeard(call: PhoneCall, since: number, timeoutMs: number): Promise<void> {
  let after = since;
  await happens(call, 'playing', { after, timeoutMs });
  for (;;) {
    const quiet: CallEvent = await happens(call, 'quiet', { after, timeoutMs });
    await passes(call, momentMs);
    if (!call.history.events.some(({ type, index }) => type === 'playing' && index > quiet.index)) return;
    after = quiet.index;
  }
}

/** As `until` of the call. @throws Error, at once also where the call is over already. */
function happens<Type extends CallEvent['type']>(
  call: PhoneCall,
  type: Type,
  options: UntilOptions<Type>,
): Promise<CallEvent<Type>> {
  return call.ending === undefined || type === 'ended' ? call.until(type, options) : Promise.reject(new CallOver());
}

/** So much of the call's time passes, and no more than the call has. @throws CallOver */
async function passes(call: PhoneCall, ms: number): Promise<void> {
  await Promise.race([call.passes(ms), call.ended]);
  if (call.ending !== undefined) throw new CallOver();
}

class CallOver extends Error {}

/** The call ended before the script did, or somebody waited in vain. */
function broken(call: PhoneCall, play: PhonePlay, code: string): Outcome {
  const { ending } = call;
  if (ending === undefined) return { kind: 'failed', code };
  if (ending.kind === 'failed') return { kind: 'refused', code: ending.complaint.code };
  if (ending.kind === 'rejected') return { kind: 'refused', code: `rejected_${ending.reason}` };
  // Whoever hung up in the recording may do so a moment earlier now.
  if (play.endsByServer) return { kind: 'completed', differences: differencesOf(play, call) };
  return { kind: 'failed', code: 'hung_up_early' };
}

const differencesOf = ({ expect }: PhonePlay, { complaints }: PhoneCall) =>
  expect === 'none' ? [] : [...new Set(complaints.map((complaint) => `the carrier complains: ${complaint.code}`))];
