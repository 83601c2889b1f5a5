import { CallError } from '../errors';
import { delayMs } from './backoff';
import { converse } from './conversation';
import { type Draft, enter, isInConversation, tell } from './draft';
import { judgeEnd } from './endings';
import { finish, leave } from './finish';
import { type CoreEvent, type Opening, type Refused } from './model';
import { finish as finishParts } from './playback';
import { readServerEvent } from './server-event';

/** Looks for a connection. */
export function open(draft: Draft, attempt: number): void {
  enter(draft, { name: 'opening', attempt, complaint: undefined });
  draft.effects.push({ kind: 'timer.set', afterMs: patienceMs }, { kind: 'connect' });
}

/** The relay says something before it has shown a session. */
export function hearOpening(draft: Draft, phase: Opening, text: string): void {
  const event = readServerEvent(text);
  if (event.kind === 'session' && event.isNew) {
    draft.effects.push({ kind: 'timer.clear' });
    converse(draft, phase.attempt, event.facts);
  } else if (event.kind === 'error') enter(draft, { ...phase, complaint: event.code });
}

/** The connection did not come about. */
export function refused(draft: Draft, { attempt }: Opening, why: Refused): void {
  tell(draft, 'error', why.error);
  if (why.kind === 'final') finish(draft, { kind: 'failed', error: why.error });
  else tryAgain(draft, attempt + 1, why.error, why.retryAfterMs);
}

/** Nothing has come of a connection in time. */
export function tooLate(draft: Draft, phase: Opening): void {
  draft.effects.push({ kind: 'disconnect' });
  refused(draft, phase, { kind: 'transient', error: new CallError('relay_unreachable', 'timeout'), retryAfterMs: 0 });
}

/** The connection has ended before there was a session. */
export function closedOpening(draft: Draft, phase: Opening, { code, reason }: Closed): void {
  const ended = judgeEnd(code, reason, phase.complaint);
  // Nobody can have ended a call that has not begun.
  if (ended.kind === 'completed') closedOpening(draft, phase, { kind: 'closed', code: 1006, reason: '' });
  else if (ended.kind === 'final') refused(draft, phase, ended);
  else {
    const error = ended.error ?? new CallError('relay_unreachable', reason || phase.complaint);
    refused(draft, phase, { kind: 'transient', error, retryAfterMs: 0 });
  }
}

/** The connection of a conversation has ended. */
export function closedTalking(draft: Draft, { code, reason }: Closed): void {
  if (!isInConversation(draft)) return;
  const talk = draft.state.phase;
  const ended = judgeEnd(code, reason, talk.complaint);
  if (ended.kind === 'completed') {
    // What was said last is heard to its end.
    draft.effects.push({ kind: 'timer.set', afterMs: longestGoodbyeMs });
    const playback = finishParts(talk.playback, () => true);
    enter(draft, { ...talk, name: 'ending', playback });
    if (playback.parts.length === 0) finish(draft, { kind: 'completed' });
    return;
  }
  if (ended.error !== undefined) tell(draft, 'error', ended.error);
  if (ended.kind === 'final') {
    finish(draft, { kind: 'failed', error: ended.error });
    return;
  }
  const attempt = draft.nowMs - talk.sinceMs >= lastingMs ? 1 : talk.attempt + 1;
  tryAgain(draft, attempt, ended.error ?? new CallError('connection_lost'), 0);
}

type Closed = CoreEvent & { kind: 'closed' };

function tryAgain(draft: Draft, attempt: number, error: CallError, retryAfterMs: number): void {
  const { settings, conversations } = draft.state;
  const { backoff } = settings;
  if (backoff === undefined || attempt > backoff.maxAttempts) {
    const isLost = conversations > 0 && error.code === 'relay_unreachable';
    const last = isLost ? new CallError('connection_lost') : error;
    if (isLost || error.code === 'connection_lost') tell(draft, 'error', last);
    finish(draft, { kind: 'failed', error: last });
    return;
  }
  leave(draft);
  const afterMs = delayMs(backoff, Math.max(1, attempt - 1), draft.chance, retryAfterMs);
  enter(draft, { name: 'waiting', attempt, notBeforeMs: draft.nowMs + retryAfterMs });
  draft.effects.push({ kind: 'timer.set', afterMs });
}

/** From the look for a token until the relay shows a session; the relay itself gives up after 15 s. */
const patienceMs = 20_000;

/** A conversation that lasted as long has not failed. */
const lastingMs = 10_000;

/** The relay waits as long for a goodbye to be heard. */
const longestGoodbyeMs = 15_000;
