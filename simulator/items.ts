import { codecOf } from './audio/format';
import { type Entry, truncate, withAudio } from './conversation';
import * as events from './protocol/events';
import type { IdSource } from './protocol/ids';
import { type Refusal, refuse } from './protocol/refusal';
import type { ContentPart, WireItem } from './protocol/wire';
import type { Hearing, Stage } from './stage';
import type { ClientEvent } from './validate/client-event';
import type { ClientItem } from './validate/items';

type Of<T extends ClientEvent['type']> = Extract<ClientEvent, { type: T }>;

/** `conversation.item.create`. */
export function createItem(
  stage: Stage,
  { item, previous_item_id: after }: Of<'conversation.item.create'>,
): Refusal | undefined {
  const { conversation, ids, hearing } = stage;
  if (item.id !== undefined && conversation.has(item.id)) {
    return refuse('invalid_value', `Item with ID '${item.id}' already exists.`, 'item.id');
  }
  if (after !== undefined && after !== null && after !== 'root' && !conversation.has(after)) {
    return refuse('invalid_value', `Previous item with ID '${after}' not found.`, 'previous_item_id');
  }
  const fault = callFault(stage, item);
  if (fault !== undefined) return fault;
  const entry = toEntry(item, ids, hearing);
  const previousId = conversation.insert(entry, after === 'root' ? null : (after ?? undefined));
  stage.emit(events.itemAdded(previousId, structuredClone(entry.item)));
  stage.emit(events.itemDone(previousId, structuredClone(entry.item)));
  return undefined;
}

/** `conversation.item.retrieve`: the item with all its audio. */
export function retrieveItem(stage: Stage, { item_id: id }: Of<'conversation.item.retrieve'>): Refusal | undefined {
  const entry = stage.conversation.find(id);
  if (entry === undefined) return notFound('item_retrieve_invalid_item_id', 'retrieving', id);
  stage.emit(events.itemRetrieved(structuredClone(withAudio(entry))));
  return undefined;
}

/** `conversation.item.delete`. */
export function deleteItem(stage: Stage, { item_id: id }: Of<'conversation.item.delete'>): Refusal | undefined {
  if (!stage.conversation.has(id)) return notFound('item_delete_invalid_item_id', 'deleting', id);
  stage.conversation.delete(id);
  stage.emit(events.itemDeleted(id));
  return undefined;
}

/** `conversation.item.truncate` (protocol reference, section 5). */
export function truncateItem(stage: Stage, event: Of<'conversation.item.truncate'>): Refusal | undefined {
  const { item_id: id, audio_end_ms: endMs } = event;
  const entry = stage.conversation.find(id);
  if (entry === undefined) return notFound('item_truncate_invalid_item_id', 'truncating', id);
  const { item, audioMs = 0 } = entry;
  if (item.type !== 'message' || item.role !== 'assistant' || audioMs === 0) {
    return refuse('unsupported_content_type', 'Only model output audio messages can be truncated');
  }
  if (endMs > audioMs) {
    const message = `Audio content of ${Math.floor(audioMs)}ms is already shorter than ${endMs}ms`;
    return refuse('invalid_value', message, 'audio_end_ms');
  }
  truncate(entry, item, endMs);
  stage.emit(events.itemTruncated(id, endMs));
  return undefined;
}

/** A client's item as the conversation holds it: with an id, keys in captured order, and its audio beside it. */
export function toEntry(item: ClientItem, ids: IdSource, hearing: Hearing): Entry {
  const id = item.id ?? ids.next('item');
  switch (item.type) {
    case 'function_call_output':
      return { item: { id, type: item.type, call_id: item.call_id, output: item.output } };
    case 'function_call': {
      const { type, name, arguments: args, call_id: callId = ids.nextCall() } = item;
      return { item: { id, type, status: 'completed', name, call_id: callId, arguments: args } };
    }
    case 'message': {
      const content = item.content.map(withoutAudio);
      const message: WireItem = { id, type: 'message', status: 'completed', role: item.role, content };
      return { item: message, ...spoken(item, hearing) };
    }
  }
}

type ClientMessage = Extract<ClientItem, { type: 'message' }>;

/** An item shows no audio until it is retrieved. */
function withoutAudio(part: ClientMessage['content'][number]): ContentPart {
  switch (part.type) {
    case 'input_audio':
      return { type: part.type, transcript: part.transcript ?? null };
    case 'input_image':
      return {
        type: part.type,
        image_url: part.image_url,
        ...(part.detail === undefined ? {} : { detail: part.detail }),
      };
    default:
      return part;
  }
}

/** The audio a client put into a message itself; it is PCM, whatever the session's format. */
function spoken(message: ClientMessage, hearing: Hearing): Omit<Entry, 'item'> {
  const parts = message.content.filter((part) => part.type === 'input_audio');
  if (parts.length === 0) return {};
  const audio = parts.map((part) => Buffer.from(part.audio, 'base64'));
  const bytes = audio.reduce((total, { length }) => total + length, 0);
  const transcript = parts
    .map((part) => part.transcript ?? '')
    .join(' ')
    .trim();
  const texts = message.content.map((part) => ('text' in part ? part.text : '')).join(' ');
  return {
    audio,
    audioMs: bytes / codecOf({ type: 'audio/pcm', rate: 24000 }).bytesPerMs,
    heard: `${texts} ${transcript === '' ? hearing.next() : transcript}`.trim(),
  };
}

/**
 * An output must answer a completed call, once. What OpenAI does with a second output is not known; refusing it shows
 * the mistake (protocol reference, section 4.9).
 */
function callFault({ conversation }: Stage, item: ClientItem): Refusal | undefined {
  if (item.type !== 'function_call_output') return undefined;
  if (conversation.answerableCall(item.call_id) === undefined) {
    return refuse('invalid_tool_call_id', `Tool call ID '${item.call_id}' not found in conversation.`, 'item.call_id');
  }
  if (conversation.hasOutputFor(item.call_id)) {
    return refuse('invalid_tool_call_id', `Tool call ID '${item.call_id}' already has an output.`, 'item.call_id');
  }
  return undefined;
}

function notFound(
  code: 'item_retrieve_invalid_item_id' | 'item_delete_invalid_item_id' | 'item_truncate_invalid_item_id',
  doing: string,
  id: string,
): Refusal {
  return refuse(code, `Error ${doing} item: the item with id '${id}' does not exist.`, 'item_id');
}
