import { differences } from './expectation';
import { retarget } from './item-ids';
import { isAnswering, passOver, whenReached } from './milestone';
import type { Effect, Outcome, Play, Playing, PlayState } from './model';
import type { AudioStep, EventStep, Step } from './script';
import { asked } from './stopwatch';
import { asHeard } from './truncation';

/** How long nothing must come before a client that is not strict goes on without an answer that was recorded, in milliseconds. */
const settledMs = 5_000;

/** How long a server may take to close its side after the client did, in milliseconds. */
const farewellMs = 5_000;

/** Does everything that is due, and says when to look again. */
export function goOn(play: Play, from: Playing, nowMs: number): { state: PlayState; effects: Effect[] } {
  const effects: Effect[] = [];
  let state = from;
  for (;;) {
    const step = play.script.steps[state.next];
    if (step === undefined) return { state, effects };
    const dueMs = dueOf(play, state, step);
    if (dueMs === undefined) {
      const waited = wait(play, state, step, nowMs);
      effects.push(...waited.effects);
      if (waited.state.name !== 'playing' || !waited.isReached) return { state: waited.state, effects };
      state = waited.state;
      continue;
    }
    if (dueMs > nowMs) {
      effects.push({ kind: 'wake', atMs: dueMs });
      return { state: { ...state, waitingSinceMs: undefined }, effects };
    }
    if (step.kind === 'end' && step.by === 'server') {
      const waited = awaitEnd(state, dueMs + play.patienceMs, nowMs);
      return { state: waited.state, effects: [...effects, ...waited.effects] };
    }
    const extraParts = partsOver(state, step);
    const next = { ...state, waitingSinceMs: undefined, next: state.next + 1, lastDueMs: dueMs, extraParts };
    const done = perform(play, next, step);
    effects.push(...done.effects);
    if (done.state.name !== 'playing') return { state: done.state, effects };
    state = done.state;
  }
}

/** The client closes the connection, and does not wait for ever for the server to do the same. */
export function farewell(atMs: number): Effect[] {
  return [{ kind: 'hang_up' }, { kind: 'wake', atMs: atMs + farewellMs }];
}

/**
 * When a step is due; undefined while its milestone has not been reached. A step that goes on with a stream of audio keeps the
 * stream's pace, every other one its distance from the milestone.
 */
function dueOf({ speed }: Play, { reached, lastDueMs, extraParts }: Playing, step: Step): number | undefined {
  const reachedMs = whenReached(reached, step.after, extraParts);
  if (reachedMs === undefined) return undefined;
  if (step.kind === 'audio' && step.continues) return lastDueMs + step.gapMs / speed;
  return Math.max(lastDueMs, reachedMs + step.delayMs / speed);
}

/** A step that follows the end of an answer tells in how many parts all answers so far were recorded. */
function partsOver({ reached, extraParts }: Playing, { after: { kind, count } }: Step): number {
  return kind === 'answered' ? reached.answered.length - count : extraParts;
}

interface Waited {
  readonly state: PlayState;
  readonly effects: readonly Effect[];
  /** Whether the wait is over. */
  readonly isReached: boolean;
}

/** The milestone is still to come: the microphone stays open meanwhile, and patience is bounded. */
function wait(play: Play, from: Playing, step: Step, nowMs: number): Waited {
  const sinceMs = from.waitingSinceMs ?? Math.max(nowMs, from.lastDueMs);
  const { state, effects, wakeMs } = keepOpen(play, { ...from, waitingSinceMs: sinceMs }, step, nowMs);
  const { kind } = step.after;
  if (isSettled(play, state, step, nowMs)) {
    return { state: { ...state, reached: passOver(state.reached, kind, nowMs) }, effects, isReached: true };
  }
  const patientUntilMs = sinceMs + play.patienceMs;
  if (nowMs >= patientUntilMs) {
    const outcome: Outcome = { kind: 'failed', code: missingCodes[kind] };
    return { state: { name: 'leaving', outcome }, effects: [...effects, ...farewell(nowMs)], isReached: false };
  }
  const wake: Effect = { kind: 'wake', atMs: Math.min(wakeMs, patientUntilMs, settledAt(state, nowMs)) };
  return { state, effects: [...effects, wake], isReached: false };
}

const missingCodes = {
  opened: 'no_connection',
  created: 'no_session',
  updated: 'no_update',
  began: 'no_answer',
  answered: 'no_end_of_answer',
} as const;

function keepOpen({ speed }: Play, from: Playing, step: Step, nowMs: number) {
  const effects: Effect[] = [];
  let state = from;
  if (step.kind !== 'audio' || !step.continues) return { state, effects, wakeMs: Infinity };
  const everyMs = step.silenceMs / speed;
  while (state.lastDueMs + everyMs <= nowMs) {
    state = { ...state, lastDueMs: state.lastDueMs + everyMs, audioMs: state.audioMs + step.silenceMs };
    effects.push({ kind: 'send', frame: step.silence, dueMs: state.lastDueMs });
  }
  return { state, effects, wakeMs: state.lastDueMs + everyMs };
}

/** A model does not always answer in as many parts. Where that is allowed, an answer that was given and long over will do. */
function isSettled({ expect }: Play, state: Playing, { after: { kind } }: Step, nowMs: number): boolean {
  if (expect === 'strict' || kind === 'opened' || kind === 'created') return false;
  if (kind !== 'updated' && state.turn.name !== 'answered') return false;
  return !isAnswering(state.reached) && nowMs >= state.lastServerMs + settledMs;
}

/** When that will be the case at the earliest; a wait that is looked at later is looked at again. */
function settledAt({ lastServerMs }: Playing, nowMs: number): number {
  const atMs = lastServerMs + settledMs;
  return atMs > nowMs ? atMs : nowMs + settledMs;
}

/** The server is to end the session; the step is done when the connection closes. */
function awaitEnd(state: Playing, patientUntilMs: number, nowMs: number): { state: PlayState; effects: Effect[] } {
  if (nowMs < patientUntilMs) return { state, effects: [{ kind: 'wake', atMs: patientUntilMs }] };
  return { state: { name: 'leaving', outcome: { kind: 'failed', code: 'no_end' } }, effects: farewell(nowMs) };
}

function perform(play: Play, state: Playing, step: Step): { state: PlayState; effects: readonly Effect[] } {
  switch (step.kind) {
    case 'audio':
      return speak(state, step);
    case 'event':
      return say(play, state, step);
    case 'end':
      return finish(play, state);
  }
}

function speak(state: Playing, { frame, lengthMs }: AudioStep) {
  const send: Effect = { kind: 'send', frame, dueMs: state.lastDueMs };
  return { state: { ...state, audioMs: state.audioMs + lengthMs }, effects: [send] };
}

function say({ script }: Play, state: Playing, { event }: EventStep) {
  // A recorded answer may have been longer than this one, which is over; a server calls it an error to cancel that.
  const isIdle = state.turn.name !== 'asked' && !isAnswering(state.reached);
  if (event.type === 'response.cancel' && isIdle) return { state, effects: [] };
  const here = retarget(event, script.places, state.ids);
  const targeted = here === undefined ? undefined : asHeard(here, state.spokenMs);
  if (targeted === undefined) return { state, effects: [] };
  const send: Effect = { kind: 'send', frame: JSON.stringify(targeted), dueMs: state.lastDueMs };
  return { state: asked(state, event.type), effects: [send] };
}

/** The client has done everything and leaves. */
function finish({ script, expect }: Play, state: Playing) {
  const outcome: Outcome = { kind: 'completed', differences: differences(script.outline, state.outline, expect) };
  return { state: { name: 'leaving', outcome } as const, effects: farewell(state.lastDueMs) };
}
