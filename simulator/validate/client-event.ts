import { z } from 'zod';
import { isRecord, tryParseJson } from '../protocol/json';
import { type Refusal, refuse } from '../protocol/refusal';
import type { ClientEventType } from '../protocol/wire';
import { judge } from './issues';
import { clientItem } from './items';
import { responseParams } from './response-create';
import { sessionUpdate } from './session-update';

/** 15 MiB of base64 in one append (protocol reference, section 7). */
export const MAX_APPEND_CHARACTERS = 15 * 1024 * 1024;

const eventId = z.string().optional();

/** Every client event of the GA dialect; the compiler says so if the official types gain one. */
const schemas = {
  'session.update': z.strictObject({
    type: z.literal('session.update'),
    event_id: eventId,
    session: sessionUpdate,
  }),
  'input_audio_buffer.append': z.strictObject({
    type: z.literal('input_audio_buffer.append'),
    event_id: eventId,
    audio: z.string().max(MAX_APPEND_CHARACTERS),
  }),
  'input_audio_buffer.commit': z.strictObject({ type: z.literal('input_audio_buffer.commit'), event_id: eventId }),
  'input_audio_buffer.clear': z.strictObject({ type: z.literal('input_audio_buffer.clear'), event_id: eventId }),
  'output_audio_buffer.clear': z.strictObject({ type: z.literal('output_audio_buffer.clear'), event_id: eventId }),
  'conversation.item.create': z.strictObject({
    type: z.literal('conversation.item.create'),
    event_id: eventId,
    previous_item_id: z.string().nullish(),
    item: clientItem,
  }),
  'conversation.item.retrieve': z.strictObject({
    type: z.literal('conversation.item.retrieve'),
    event_id: eventId,
    item_id: z.string(),
  }),
  'conversation.item.truncate': z.strictObject({
    type: z.literal('conversation.item.truncate'),
    event_id: eventId,
    item_id: z.string(),
    content_index: z.literal(0),
    audio_end_ms: z.int().min(0),
  }),
  'conversation.item.delete': z.strictObject({
    type: z.literal('conversation.item.delete'),
    event_id: eventId,
    item_id: z.string(),
  }),
  'response.create': z.strictObject({
    type: z.literal('response.create'),
    event_id: eventId,
    response: responseParams.nullish(),
  }),
  'response.cancel': z.strictObject({
    type: z.literal('response.cancel'),
    event_id: eventId,
    response_id: z.string().nullish(),
  }),
} satisfies Record<ClientEventType, z.ZodType>;

/** A client event that passed every check that needs no session. */
export type ClientEvent = { [T in ClientEventType]: z.output<(typeof schemas)[T]> }[ClientEventType];

/** What a frame turned out to be. `seen` is its JSON, for the journal, whether it was accepted or not. */
export type JudgedFrame =
  | { readonly ok: true; readonly event: ClientEvent; readonly seen: unknown }
  | { readonly ok: false; readonly refusal: Refusal; readonly eventId: string | null; readonly seen: unknown };

/** Reads one text frame from a client. Never throws: whatever is wrong with it comes back as a refusal. */
export function judgeFrame(text: string): JudgedFrame {
  const seen = tryParseJson(text);
  if (seen === undefined) {
    return { ok: false, refusal: refuse('invalid_json', 'The event is not valid JSON.'), eventId: null, seen: text };
  }
  if (!isRecord(seen)) {
    return { ok: false, refusal: refuse('invalid_event', 'The event must be a JSON object.'), eventId: null, seen };
  }
  const id = typeof seen['event_id'] === 'string' ? seen['event_id'] : null;
  const type = seen['type'];
  if (type === undefined) {
    const refusal = refuse('missing_required_parameter', "Missing required parameter: 'type'.", 'type');
    return { ok: false, refusal, eventId: id, seen };
  }
  if (!isClientEventType(type)) {
    const supported = Object.keys(schemas).map((name) => `'${name}'`);
    const message = `Invalid value: ${JSON.stringify(type)}. Supported values are: ${supported.join(', ')}.`;
    return { ok: false, refusal: refuse('invalid_event', message, 'type'), eventId: id, seen };
  }
  const judged = judge<z.ZodType<ClientEvent>>(schemas[type], seen);
  return judged.ok
    ? { ok: true, event: judged.value, seen }
    : { ok: false, refusal: judged.refusal, eventId: id, seen };
}

function isClientEventType(type: unknown): type is ClientEventType {
  return typeof type === 'string' && Object.hasOwn(schemas, type);
}
