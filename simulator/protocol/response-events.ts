import type { RealtimeResponse } from 'openai/resources/realtime/realtime';
import { asOfficial, type Body, type OnWire, type WireItem } from './wire';

/* The `response.*` events, each with its keys in the order of the captures (protocol reference, sections 2.3 and 8). */

export const responseCreated = (response: OnWire<RealtimeResponse>): Body<'response.created'> => ({
  type: 'response.created',
  response,
});

export const responseDone = (response: OnWire<RealtimeResponse>): Body<'response.done'> => ({
  type: 'response.done',
  response,
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
