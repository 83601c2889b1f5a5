import { isJsonObject } from '../json';
import { scrubError } from '../policy/scrub';
import { relayPrefix, unescapeEventId } from '../protocol/event-id';
import { failureOf } from '../protocol/errors';
import { type UpstreamEvent } from '../protocol/upstream';
import { refusedAsk } from '../response-queue';
import { end, note, tellClient, type Draft } from './draft';
import { handleRefusal } from './responses';

type UpstreamError = Extract<UpstreamEvent, { type: 'error' }>['error'];

/** Handles an `error` event: refusals of our own events stay here, a client's are told in our own words. */
export function handleError(draft: Draft, error: UpstreamError, eventId: unknown): void {
  const { code, event_id: cause } = error;
  const isOurs = typeof cause === 'string' && cause.startsWith(relayPrefix);
  // What a client's own event is refused for, such as a model for transcription, must not end its session.
  const isClients = typeof cause === 'string' && !isOurs;
  if (!isClients && endIfFatal(draft, error)) return;
  const isTaken = code === 'conversation_already_has_active_response';
  const isFailure = error.type === 'server_error';
  const refused = refusedAsk(draft.live.queue, cause ?? null, { isTaken, isFailure });
  note(draft, 'warn', { code: code ?? null, eventId: isOurs ? cause : null }, 'Upstream refused an event');
  if (refused !== null) handleRefusal(draft, refused, isTaken);
  const isHandled = refused !== null ? isTaken || refused.by === 'relay' : isOurs;
  if (isHandled) return;
  const clientEventId = refused?.by === 'client' ? refused.clientEventId : unescaped(cause);
  const param = clientParam.test(error.param ?? '') ? error.param : null;
  tellClient(draft, {
    type: 'error',
    event_id: eventId,
    error: { ...scrubError(error), param, event_id: clientEventId },
  });
}

/** Paths into what a client itself may have sent. */
const clientParam =
  /^(session\.(audio|output_modalities|max_output_tokens)|response\.(audio|output_modalities|max_output_tokens|metadata|input|conversation)|item|item_id|audio|audio_end_ms|content_index|previous_item_id|response_id|type)([.[][\w.[\]]*)?$/;

function unescaped(eventId: string | null | undefined): string | null {
  return typeof eventId === 'string' ? unescapeEventId(eventId) : null;
}

/** Ends the session for an error that will not go away; true if it does. */
export function endIfFatal(draft: Draft, error: unknown): boolean {
  const code = isJsonObject(error) ? error['code'] : undefined;
  const rule = typeof code === 'string' ? failureOf(code) : undefined;
  if (rule?.class !== 'fatal') return false;
  end(draft, rule.ending);
  return true;
}
