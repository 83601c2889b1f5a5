import { noGoodbye } from './goodbye';
import { tellActivity } from './live/activity';
import { handleClientFrame, passesUp } from './live/client';
import { end, type Draft } from './live/draft';
import { handleOpeningFrame, hold, type OpeningStep } from './live/opening';
import { advance, endIfQuiet } from './live/responses';
import { handleAnswer, handleFailure } from './live/tools';
import { handleUpstreamFrame, passesDown, settle } from './live/upstream';
import { type Effect, type Live, type Opening, type SessionEvent, type SessionState, type Settings } from './model';
import { endings, type EndCause } from './protocol/close';
import { endingOfConnectFailure } from './protocol/errors';
import { relayPrefix } from './protocol/event-id';
import { endWait } from './response-queue';

/** A new state and what is to be done, in order. */
export interface Step<State extends SessionState = SessionState> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** The first state of a session and its first effects: both clocks start. */
export function start(settings: Settings): Step<Opening> {
  return {
    state: { phase: 'opening', settings, held: [], heldBytes: 0, greeting: null },
    effects: [
      { kind: 'timer.set', timer: 'opening', afterMs: settings.limits.upstreamConnectMs },
      { kind: 'timer.set', timer: 'session-max', afterMs: settings.limits.sessionMaxMs },
    ],
  };
}

/**
 * The whole behaviour of a session, as a function: no socket, clock or randomness is touched here.
 *
 * `nowMs` is a monotonic clock in milliseconds. An ended session absorbs whatever still comes.
 */
export function step(state: SessionState, event: SessionEvent, nowMs: number): Step {
  switch (state.phase) {
    case 'opening':
      return stepOpening(state, event, nowMs);
    case 'live':
      return stepLive(state, event, nowMs);
    case 'ended':
      return { state, effects: [] };
  }
}

/** Ends the session: the client is told why, then both sockets are closed. */
export function ending(cause: EndCause): Step {
  const { text, retry } = endings[cause];
  const told = {
    type: 'error',
    event_id: `${relayPrefix}end`,
    error: {
      type: retry ? 'server_error' : 'invalid_request_error',
      code: cause,
      message: text,
      param: null,
      event_id: null,
    },
  };
  const last: readonly Effect[] = text === null ? [] : [{ kind: 'send.client', data: JSON.stringify(told) }];
  return { state: { phase: 'ended', cause }, effects: [...last, { kind: 'end', cause }] };
}

function stepOpening(state: Opening, event: SessionEvent, nowMs: number): Step {
  switch (event.kind) {
    case 'client.frame':
      return follow(hold(state, event), state, nowMs);
    case 'upstream.frame':
      return follow(handleOpeningFrame(state, event.frame), state, nowMs);
    case 'upstream.failed':
      return ending(endingOfConnectFailure(event.failure));
    case 'upstream.closed':
      return ending(endingOfUpstreamClose(event.code, 'upstream_unavailable'));
    case 'client.closed':
      return ending('client_closed');
    case 'timer':
      return ending(event.timer === 'session-max' ? 'session_expired' : 'upstream_timeout');
    case 'drain':
      return ending('draining');
    case 'end':
      return ending(event.cause);
    case 'client.heard':
    case 'tool.answered':
    case 'tool.failed':
      return { state, effects: [] };
  }
}

function stepLive(live: Live, event: SessionEvent, nowMs: number): Step {
  if (event.kind === 'upstream.frame' && passesDown(live, event.frame)) {
    return { state: live, effects: [{ kind: 'send.client', data: event.frame }] };
  }
  if (event.kind === 'client.frame' && passesUp(event)) {
    return { state: live, effects: [{ kind: 'send.upstream', data: event.frame }] };
  }
  const draft: Draft = { live, effects: [], cause: null, nowMs };
  handle(draft, event);
  tellActivity(draft, live.rounds);
  advance(draft);
  endIfQuiet(draft);
  if (draft.cause === null) return { state: settle(draft.live), effects: draft.effects };
  const { state, effects } = ending(draft.cause);
  return { state, effects: [...draft.effects, ...effects] };
}

function handle(draft: Draft, event: SessionEvent): void {
  switch (event.kind) {
    case 'client.frame':
      handleClientFrame(draft, event);
      return;
    case 'upstream.frame':
      handleUpstreamFrame(draft, event.frame);
      return;
    case 'tool.answered':
      handleAnswer(draft, event.callId, event.output);
      return;
    case 'tool.failed':
      handleFailure(draft, event.callId, 'tool_failed');
      return;
    case 'timer':
      handleTimer(draft, event.timer);
      return;
    case 'client.closed':
      end(draft, 'client_closed');
      return;
    case 'client.heard':
      if (draft.live.goodbye.name === 'playing') end(draft, 'call_ended');
      return;
    case 'upstream.closed':
      end(draft, endingOfUpstreamClose(event.code, 'upstream_closed'));
      return;
    case 'upstream.failed':
      end(draft, 'upstream_closed');
      return;
    case 'drain':
      draft.live = { ...draft.live, draining: true };
      return;
    case 'end':
      end(draft, event.cause);
  }
}

function handleTimer(draft: Draft, timer: Extract<SessionEvent, { kind: 'timer' }>['timer']): void {
  switch (timer) {
    case 'opening':
      return;
    case 'session-max':
      end(draft, 'session_expired');
      return;
    case 'automatic-response':
      draft.live = { ...draft.live, queue: endWait(draft.live.queue) };
      return;
    case 'goodbye':
      if (draft.live.goodbye !== noGoodbye) end(draft, 'call_ended');
      return;
    default:
      handleFailure(draft, timer.slice('tool:'.length), 'tool_timeout');
  }
}

/** Carries out a step of the opening; once the session is open, what was held is taken as if it came now. */
function follow(opening: OpeningStep, before: Opening, nowMs: number): Step {
  switch (opening.kind) {
    case 'wait':
      return opening;
    case 'end':
      return ending(opening.cause);
    case 'open': {
      let state: SessionState = opening.live;
      const effects = [...opening.effects];
      for (const event of before.held) {
        const next = step(state, event, nowMs);
        state = next.state;
        effects.push(...next.effects);
      }
      const isPaused = before.heldBytes >= before.settings.limits.heldBytes;
      if (isPaused && state.phase !== 'ended') effects.push({ kind: 'client.resume' });
      return { state, effects };
    }
  }
}

/** Upstream's close codes (protocol reference, section 1.4). */
function endingOfUpstreamClose(code: number, otherwise: EndCause): EndCause {
  switch (code) {
    case 1001:
      return 'session_expired';
    case 3000:
      return 'upstream_unauthorized';
    case 4000:
      return 'upstream_refused';
    case 1002:
    case 1007:
    case 1009:
      return 'upstream_protocol_error';
    default:
      return otherwise;
  }
}
