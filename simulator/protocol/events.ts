import type { Refusal } from './refusal';
import { type SessionObject, showSession } from './session-object';
import { asOfficial, type Body, type OnWire, type WireItem } from './wire';
import type { RealtimeResponse } from 'openai/resources/realtime/realtime';

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

export const responseCreated = (response: OnWire<RealtimeResponse>): Body<'response.created'> => ({
  type: 'response.created',
  response,
});

export const responseDone = (response: OnWire<RealtimeResponse>): Body<'response.done'> => ({
  type: 'response.done',
  response,
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

/** Where in a response an output item stands. */
export interface ItemPlace {
  readonly responseId: string;
  readonly itemId: string;
  readonly outputIndex: number;
}

export const outputItemAdded = (place: ItemPlace, item: WireItem): Body<'response.output_item.added'> => ({
  type: 'response.output_item.added',
  response_id: place.responseId,
  output_index: place.outputIndex,
  item: asOfficial(item),
});

export const outputItemDone = (place: ItemPlace, item: WireItem): Body<'response.output_item.done'> => ({
  type: 'response.output_item.done',
  response_id: place.responseId,
  output_index: place.outputIndex,
  item: asOfficial(item),
});

/** The part of a message: `part.type` keeps its old spelling in the GA dialect (protocol reference, section 2.3). */
export type Part = { type: 'audio'; transcript: string } | { type: 'text'; text: string };

export const contentPartAdded = (place: ItemPlace, part: Part): Body<'response.content_part.added'> => ({
  type: 'response.content_part.added',
  ...partPlace(place),
  part,
});

export const contentPartDone = (place: ItemPlace, part: Part): Body<'response.content_part.done'> => ({
  type: 'response.content_part.done',
  ...partPlace(place),
  part,
});

export const transcriptDelta = (
  place: ItemPlace,
  delta: string,
  obfuscation: string,
): Body<'response.output_audio_transcript.delta'> => ({
  type: 'response.output_audio_transcript.delta',
  ...partPlace(place),
  delta,
  obfuscation,
});

export const transcriptDone = (
  place: ItemPlace,
  transcript: string,
): Body<'response.output_audio_transcript.done'> => ({
  type: 'response.output_audio_transcript.done',
  ...partPlace(place),
  transcript,
});

/** @param delta base64; the one delta without `obfuscation`. */
export const audioDelta = (place: ItemPlace, delta: string): Body<'response.output_audio.delta'> => ({
  type: 'response.output_audio.delta',
  ...partPlace(place),
  delta,
});

export const audioDone = (place: ItemPlace): Body<'response.output_audio.done'> => ({
  type: 'response.output_audio.done',
  ...partPlace(place),
});

export const textDelta = (
  place: ItemPlace,
  delta: string,
  obfuscation: string,
): Body<'response.output_text.delta'> => ({
  type: 'response.output_text.delta',
  ...partPlace(place),
  delta,
  obfuscation,
});

export const textDone = (place: ItemPlace, text: string): Body<'response.output_text.done'> => ({
  type: 'response.output_text.done',
  ...partPlace(place),
  text,
});

export const argumentsDelta = (
  place: ItemPlace,
  callId: string,
  delta: string,
  obfuscation: string,
): Body<'response.function_call_arguments.delta'> => ({
  type: 'response.function_call_arguments.delta',
  ...itemPlace(place),
  call_id: callId,
  delta,
  obfuscation,
});

export const argumentsDone = (
  place: ItemPlace,
  callId: string,
  name: string,
  args: string,
): Body<'response.function_call_arguments.done'> => ({
  type: 'response.function_call_arguments.done',
  ...itemPlace(place),
  call_id: callId,
  name,
  arguments: args,
});

function itemPlace({ responseId, itemId, outputIndex }: ItemPlace) {
  return { response_id: responseId, item_id: itemId, output_index: outputIndex };
}

function partPlace(place: ItemPlace) {
  return { ...itemPlace(place), content_index: 0 };
}

/** The official type of the session is that of an update; the wire adds `id`, `object` and `expires_at`. */
function asOfficialSession(session: SessionObject): Body<'session.created'>['session'] {
  // A cast, because `tracing`, `truncation` and `prompt` are kept as the JSON the validation let through.
  return showSession(session) as unknown as Body<'session.created'>['session'];
}
