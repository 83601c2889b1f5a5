import { addItem, isHidden, removeItem, visiblePrevious, type History } from '../history';
import { isJsonObject, type JsonObject } from '../json';
import { type Item, type UpstreamEvent } from '../protocol/upstream';
import { hideIndex, reveal, visibleIndex, type View } from '../view';
import { keep } from './allow-list';
import { isVisible, isVisiblePart, scrubError, scrubItem, scrubPart } from './scrub';

/** What the client has been shown so far, as later events depend on it. */
export interface Audience {
  readonly history: History;
  readonly view: View;
}

/** What the client is shown now; `raw`: the very frame that came. */
export interface Showing extends Audience {
  readonly events: readonly (JsonObject | 'raw')[];
}

/** Events about items: the conversation's (`conversation.item.*`, `committed`) and those of a response's output. */
export type ItemEvent = Exclude<
  UpstreamEvent,
  { readonly type: 'session.created' | 'session.updated' | 'error' | 'response.created' | 'response.done' }
>;

/**
 * Shows an event the relay looks into (protocol reference, section 9.1): items of the plain conversation rebuilt and
 * placed behind the last item the client knows, tool items not at all.
 */
export function showItemEvent(audience: Audience, event: ItemEvent): Showing {
  switch (event.type) {
    case 'response.output_item.added':
    case 'response.output_item.done':
      return isVisible(event.item) ? showOutputItem(audience, event) : hideOutputItem(audience, event);
    case 'response.function_call_arguments.done':
      return nothing(audience);
    case 'conversation.item.added':
    case 'conversation.item.created':
    case 'conversation.item.done':
      return showConversationItem(audience, event);
    case 'conversation.item.retrieved':
      if (!isVisible(event.item)) return nothing(audience);
      return { ...audience, events: [{ ...keep(event, envelope), item: scrubItem(event.item) }] };
    case 'conversation.item.deleted':
    case 'conversation.item.truncated':
      return showItemChange(audience, event);
    case 'conversation.item.input_audio_transcription.failed': {
      if (isHidden(audience.history, event.item_id)) return nothing(audience);
      const error = isJsonObject(event['error']) ? scrubError(event['error']) : null;
      return { ...audience, events: [{ ...keep(event, [...envelope, 'item_id', 'content_index']), error }] };
    }
    case 'input_audio_buffer.committed': {
      const previous = shownPrevious(audience.history, event.previous_item_id);
      return {
        ...audience,
        events: [{ ...keep(event, envelope), previous_item_id: previous, item_id: event.item_id }],
      };
    }
    case 'input_audio_buffer.speech_started':
    case 'input_audio_buffer.speech_stopped':
    case 'input_audio_buffer.cleared':
      return { ...audience, events: ['raw'] };
  }
}

/** Shows an event of a response's content; one that is held becomes visible with it. */
export function showContent(audience: Audience, event: JsonObject): Showing {
  const { response_id: responseId, item_id: itemId, output_index: index, part } = event;
  if (typeof itemId === 'string' && isHidden(audience.history, itemId)) return nothing(audience);
  if (typeof responseId !== 'string' || typeof index !== 'number') return nothing(audience);
  const shownIndex = visibleIndex(audience.view, responseId, index);
  if (shownIndex === undefined) return nothing(audience);
  if (part !== undefined && !(isJsonObject(part) && isVisiblePart(part))) return nothing(audience);
  const { view, events } = reveal(audience.view, responseId);
  if (part === undefined && shownIndex === index) return { ...audience, view, events: [...events, 'raw'] };
  const shown = { ...keep(event, contentMembers), output_index: shownIndex };
  return { ...audience, view, events: [...events, isJsonObject(part) ? { ...shown, part: scrubPart(part) } : shown] };
}

const envelope = ['type', 'event_id'];

const contentMembers = [
  ...envelope,
  'response_id',
  'item_id',
  'output_index',
  'content_index',
  'delta',
  'text',
  'transcript',
  'obfuscation',
];

type OutputItemEvent = Extract<UpstreamEvent, { type: 'response.output_item.added' | 'response.output_item.done' }>;
type ConversationItemEvent = Extract<
  UpstreamEvent,
  { type: 'conversation.item.added' | 'conversation.item.created' | 'conversation.item.done' }
>;
type ItemChange = Extract<UpstreamEvent, { type: 'conversation.item.deleted' | 'conversation.item.truncated' }>;

function nothing(audience: Audience): Showing {
  return { ...audience, events: [] };
}

function showOutputItem(audience: Audience, event: OutputItemEvent): Showing {
  const { response_id: responseId, output_index: index, item } = event;
  const { view, events } = reveal(audience.view, responseId);
  const shown = {
    ...keep(event, [...envelope, 'response_id']),
    output_index: visibleIndex(view, responseId, index) ?? index,
    item: scrubItem(item),
  };
  return { ...audience, view, events: [...events, shown] };
}

function hideOutputItem({ history, view }: Audience, event: OutputItemEvent): Showing {
  const isKnown = history.some(({ id }) => id === event.item.id);
  const inConversation = view.responses.some(
    (response) => response.id === event.response_id && response.inConversation,
  );
  return {
    // The item is hidden from its first mention on; its place follows with `conversation.item.added`.
    history: isKnown || !inConversation ? history : addItem(history, { id: event.item.id, hidden: true }, undefined),
    view: hideIndex(view, event.response_id, event.output_index),
    events: [],
  };
}

function showConversationItem({ history, view }: Audience, event: ConversationItemEvent): Showing {
  const { item, previous_item_id: previous } = event;
  const hidden = !isVisible(item);
  const placed = place(history, event, item, hidden);
  if (hidden) return { history: placed, view, events: [] };
  const shown = {
    ...keep(event, envelope),
    previous_item_id: shownPrevious(placed, previous),
    item: scrubItem(item),
  };
  return { history: placed, view, events: [shown] };
}

/** `conversation.item.done` often names no predecessor although there is one, so it places only an item not yet seen. */
function place(history: History, event: ConversationItemEvent, item: Item, hidden: boolean): History {
  if (event.type !== 'conversation.item.done') return addItem(history, { id: item.id, hidden }, event.previous_item_id);
  const isKnown = history.some(({ id }) => id === item.id);
  return isKnown ? history : addItem(history, { id: item.id, hidden }, event.previous_item_id ?? undefined);
}

function showItemChange({ history, view }: Audience, event: ItemChange): Showing {
  // A hidden item stays known even when it is deleted: nothing said of it later is for the client.
  if (isHidden(history, event.item_id)) return nothing({ history, view });
  const shown = keep(event, [...envelope, 'item_id', 'content_index', 'audio_end_ms']);
  return {
    history: event.type === 'conversation.item.deleted' ? removeItem(history, event.item_id) : history,
    view,
    events: [shown],
  };
}

function shownPrevious(history: History, previous: string | null | undefined): string | null {
  return typeof previous === 'string' ? visiblePrevious(history, previous) : null;
}
