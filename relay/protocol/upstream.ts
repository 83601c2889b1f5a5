import { z } from 'zod';
import { parseObject, type JsonObject } from '../json';

/** What an event may lack: compatible servers leave a member out or write null. */
const text = z.string().nullish();

const item = z.looseObject({
  id: z.string(),
  type: z.string(),
  role: text,
  status: text,
  call_id: text,
  name: text,
  arguments: text,
});

const response = z.looseObject({
  id: z.string(),
  status: text,
  status_details: z.looseObject({ type: text, reason: text }).nullish(),
  conversation_id: text,
  output: z.array(item).nullish(),
});

const session = z.looseObject({});

/**
 * The upstream events the relay looks into, each with the members it needs; whatever else an event carries is kept.
 * Shapes and moments: protocol reference, sections 2.2, 2.3 and 6.
 */
const upstreamEvent = z.discriminatedUnion('type', [
  event('session.created', { session }),
  event('session.updated', { session }),
  event('error', { error: z.looseObject({ type: text, code: text, param: text, event_id: text }) }),
  event('response.created', { response }),
  event('response.done', { response }),
  event('response.output_item.added', { response_id: z.string(), output_index: z.number(), item }),
  event('response.output_item.done', { response_id: z.string(), output_index: z.number(), item }),
  event('response.function_call_arguments.done', {
    response_id: z.string(),
    item_id: z.string(),
    call_id: z.string(),
    name: text,
    arguments: z.string(),
  }),
  event('conversation.item.added', { previous_item_id: text, item }),
  event('conversation.item.created', { previous_item_id: text, item }),
  event('conversation.item.done', { previous_item_id: text, item }),
  event('conversation.item.retrieved', { item }),
  event('conversation.item.deleted', { item_id: z.string() }),
  event('conversation.item.truncated', { item_id: z.string() }),
  event('conversation.item.input_audio_transcription.failed', { item_id: z.string() }),
  event('input_audio_buffer.committed', { previous_item_id: text, item_id: z.string() }),
  event('input_audio_buffer.speech_started', {}),
  event('input_audio_buffer.speech_stopped', {}),
  event('input_audio_buffer.cleared', {}),
]);

function event<Type extends string, Members extends z.ZodRawShape>(type: Type, members: Members) {
  return z.looseObject({ type: z.literal(type), event_id: text, ...members });
}

/** An event the relay looks into. */
export type UpstreamEvent = z.infer<typeof upstreamEvent>;

/** An item of a conversation or response. */
export type Item = z.infer<typeof item>;

/** A response as `response.created` and `response.done` carry it. */
export type Response = z.infer<typeof response>;

/** An upstream frame after its one parse. */
export type UpstreamMessage =
  | { readonly kind: 'known'; readonly event: UpstreamEvent }
  | { readonly kind: 'other'; readonly event: JsonObject & { readonly type: string } }
  | { readonly kind: 'malformed'; readonly type: string | undefined };

const knownTypes: ReadonlySet<string> = new Set(upstreamEvent.options.map((option) => option.shape.type.value));

/** Parses a frame. An event of a known type without the members it must have is `malformed`: it cannot be judged. */
export function parseUpstream(bytes: Buffer): UpstreamMessage {
  const event = parseObject(bytes);
  const type = event?.['type'];
  if (event === undefined || typeof type !== 'string') return { kind: 'malformed', type: undefined };
  if (!knownTypes.has(type)) return { kind: 'other', event: { ...event, type } };
  const known = upstreamEvent.safeParse(event);
  return known.success ? { kind: 'known', event: known.data } : { kind: 'malformed', type };
}
