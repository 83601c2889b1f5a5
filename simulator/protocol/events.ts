import type { Refusal } from './refusal';
import { type SessionObject, showSession } from './session-object';
import { asOfficial, type Body, type WireItem } from './wire';

/*
 * Server events by constructor, each with its keys in the order of the captures (protocol reference, sections 2 and 8).
 * `type` comes first here and `event_id` second once the event is stamped.
 */

/** Gives an event body its `event_id`, second among its keys. */
export function stamp(body: { readonly type: string }, eventId: string): { type: string; event_id: string } {
  const { type, ...rest } = body;
  return { type, event_id: eventId, ...rest };
}

export const sessionCreated = (session: SessionObject): Body<'session.created'> => ({
  type: 'session.created',
  session: asOfficialSession(session),
});

export const sessionUpdated = (session: SessionObject): Body<'session.updated'> => ({
  type: 'session.updated',
  session: asOfficialSession(session),
});

/** @param clientEventId the `event_id` of the event that caused it, or null if that had none. */
export const errorEvent = (refusal: Refusal, clientEventId: string | null): Body<'error'> => ({
  type: 'error',
  error: {
    type: refusal.type,
    code: refusal.code,
    message: refusal.message,
    param: refusal.param,
    event_id: clientEventId,
  },
});

export const itemAdded = (previousItemId: string | null, item: WireItem): Body<'conversation.item.added'> => ({
  type: 'conversation.item.added',
  previous_item_id: previousItemId,
  item: asOfficial(item),
});

export const itemDone = (previousItemId: string | null, item: WireItem): Body<'conversation.item.done'> => ({
  type: 'conversation.item.done',
  previous_item_id: previousItemId,
  item: asOfficial(item),
});

export const itemRetrieved = (item: WireItem): Body<'conversation.item.retrieved'> => ({
  type: 'conversation.item.retrieved',
  item: asOfficial(item),
});

export const itemDeleted = (itemId: string): Body<'conversation.item.deleted'> => ({
  type: 'conversation.item.deleted',
  item_id: itemId,
});

export const itemTruncated = (itemId: string, audioEndMs: number): Body<'conversation.item.truncated'> => ({
  type: 'conversation.item.truncated',
  item_id: itemId,
  content_index: 0,
  audio_end_ms: audioEndMs,
});

export const speechStarted = (audioStartMs: number, itemId: string): Body<'input_audio_buffer.speech_started'> => ({
  type: 'input_audio_buffer.speech_started',
  audio_start_ms: audioStartMs,
  item_id: itemId,
});

export const speechStopped = (audioEndMs: number, itemId: string): Body<'input_audio_buffer.speech_stopped'> => ({
  type: 'input_audio_buffer.speech_stopped',
  audio_end_ms: audioEndMs,
  item_id: itemId,
});

export const committed = (previousItemId: string | null, itemId: string): Body<'input_audio_buffer.committed'> => ({
  type: 'input_audio_buffer.committed',
  previous_item_id: previousItemId,
  item_id: itemId,
});

export const cleared = (): Body<'input_audio_buffer.cleared'> => ({ type: 'input_audio_buffer.cleared' });

export const timeoutTriggered = (
  audioStartMs: number,
  audioEndMs: number,
  itemId: string,
): Body<'input_audio_buffer.timeout_triggered'> => ({
  type: 'input_audio_buffer.timeout_triggered',
  audio_start_ms: audioStartMs,
  audio_end_ms: audioEndMs,
  item_id: itemId,
});

export const transcriptionDelta = (
  itemId: string,
  delta: string,
  obfuscation: string,
): Body<'conversation.item.input_audio_transcription.delta'> => ({
  type: 'conversation.item.input_audio_transcription.delta',
  item_id: itemId,
  content_index: 0,
  delta,
  obfuscation,
});

export const transcriptionCompleted = (
  itemId: string,
  transcript: string,
  seconds: number,
): Body<'conversation.item.input_audio_transcription.completed'> => ({
  type: 'conversation.item.input_audio_transcription.completed',
  item_id: itemId,
  content_index: 0,
  transcript,
  usage: { type: 'duration', seconds },
});

/** @param remaining tokens left of `limit` in the running minute. */
export const rateLimitsUpdated = (limit: number, remaining: number): Body<'rate_limits.updated'> => ({
  type: 'rate_limits.updated',
  rate_limits: [
    {
      name: 'tokens',
      limit,
      remaining,
      reset_seconds: Math.round(((limit - remaining) / limit) * 60_000) / 1000,
    },
  ],
});

/** The official type of the session is that of an update; the wire adds `id`, `object` and `expires_at`. */
function asOfficialSession(session: SessionObject): Body<'session.created'>['session'] {
  // A cast, because `tracing`, `truncation` and `prompt` are kept as the JSON the validation let through.
  return showSession(session) as unknown as Body<'session.created'>['session'];
}
