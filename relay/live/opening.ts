import { audioFacts } from '../audio-facts';
import { noGoodbye } from '../goodbye';
import { type JsonObject } from '../json';
import { type Effect, type Live, type Opening, type SessionEvent } from '../model';
import { scrubSession } from '../policy/scrub';
import { type EndCause } from '../protocol/close';
import { relayPrefix } from '../protocol/event-id';
import { failureOf } from '../protocol/errors';
import { parseUpstream } from '../protocol/upstream';
import { emptyQueue } from '../response-queue';
import { noRounds } from '../tool-rounds';
import { emptyView } from '../view';

/** What one upstream frame does to a session that is not configured yet. */
export type OpeningStep =
  | { readonly kind: 'wait'; readonly state: Opening; readonly effects: readonly Effect[] }
  | { readonly kind: 'open'; readonly live: Live; readonly effects: readonly Effect[] }
  | { readonly kind: 'end'; readonly cause: EndCause };

const configurationId = `${relayPrefix}su_1`;

/** Holds a frame of the client until the session is configured. At `heldBytes` its socket is no longer read. */
export function hold(state: Opening, event: Extract<SessionEvent, { kind: 'client.frame' }>): OpeningStep {
  const heldBytes = state.heldBytes + event.frame.length;
  const { heldBytes: maxBytes } = state.settings.limits;
  const isFullNow = state.heldBytes < maxBytes && heldBytes >= maxBytes;
  return {
    kind: 'wait',
    state: { ...state, held: [...state.held, event], heldBytes },
    effects: isFullNow ? [{ kind: 'client.pause' }, { kind: 'limit.reached', limit: 'heldBytes' }] : [],
  };
}

/**
 * The handshake with upstream: its `session.created` is answered with our configuration, its `session.updated` opens
 * the session, and only then does the client see a `session.created`: ours, of the session as it really is.
 */
export function handleOpeningFrame(state: Opening, frame: Buffer): OpeningStep {
  const message = parseUpstream(frame);
  if (message.kind !== 'known') return { kind: 'wait', state, effects: [] };
  const { event } = message;
  switch (event.type) {
    case 'session.created': {
      const update = { type: 'session.update', event_id: configurationId, session: state.settings.config };
      const greeting = event.event_id ?? `${relayPrefix}ev_0`;
      return {
        kind: 'wait',
        state: { ...state, greeting },
        effects: state.greeting === null ? [{ kind: 'send.upstream', data: JSON.stringify(update) }] : [],
      };
    }
    case 'session.updated':
      // Before its greeting upstream has not been told anything it could acknowledge.
      return state.greeting === null
        ? { kind: 'wait', state, effects: [] }
        : open(state, event.session, state.greeting);
    case 'error': {
      const rule = failureOf(event.error.code);
      if (rule?.class === 'fatal') return { kind: 'end', cause: rule.ending };
      return { kind: 'end', cause: rule?.class === 'retryable' ? 'upstream_unavailable' : 'configuration_refused' };
    }
    default:
      return { kind: 'wait', state, effects: [] };
  }
}

function open(state: Opening, raw: JsonObject, greeting: string): OpeningStep {
  const session = scrubSession(raw);
  const live: Live = {
    phase: 'live',
    settings: state.settings,
    session,
    audio: audioFacts(raw),
    history: [],
    view: emptyView,
    rounds: noRounds,
    queue: emptyQueue,
    goodbye: noGoodbye,
    saysDirectly: true,
    draining: false,
    serial: 1,
  };
  const created = { type: 'session.created', event_id: greeting, session };
  return {
    kind: 'open',
    live,
    effects: [
      { kind: 'timer.clear', timer: 'opening' },
      { kind: 'send.client', data: JSON.stringify(created) },
    ],
  };
}
