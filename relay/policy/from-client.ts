import { type History, insertionPoint, isHidden } from '../history';
import { isJsonObject, type JsonObject } from '../json';
import { parseClientEvent, type ClientEvent } from '../protocol/client';
import { escapeEventId, relayPrefix } from '../protocol/event-id';
import { type FailureCode } from '../protocol/errors';

/** What becomes of one event of a client. Whatever goes upstream is rebuilt from the parse, never the client's bytes. */
export type Verdict =
  /** Goes upstream as rebuilt. */
  | { readonly kind: 'forward'; readonly event: JsonObject }
  /** A new message of the user or the assistant. */
  | { readonly kind: 'say'; readonly event: JsonObject; readonly byUser: boolean }
  /** A session update of which nothing was left: answered here, as upstream would have answered it. */
  | { readonly kind: 'acknowledge' }
  /** A request for a response in the default conversation, to be queued. */
  | { readonly kind: 'ask'; readonly response: JsonObject | undefined; readonly clientEventId: string | null }
  | { readonly kind: 'cancel'; readonly event: JsonObject; readonly responseId: string | null }
  | {
      readonly kind: 'refuse';
      readonly code: FailureCode;
      readonly param: string | null;
      readonly clientEventId: string | null;
    };

/**
 * Judges what a client says (protocol reference, section 9.2). Members that are the relay's to set are stripped
 * without a word, because stock clients send them; events and items that are not a client's are refused; an item the
 * client cannot know of is answered as one that does not exist.
 */
export function judge(value: JsonObject, history: History): Verdict {
  const rawId = value['event_id'];
  const clientEventId = typeof rawId === 'string' ? rawId : null;
  const parsed = parseClientEvent(value);
  if (!parsed.ok) return { kind: 'refuse', ...parsed.refusal, clientEventId };
  const event = { ...parsed.event, ...(clientEventId === null ? {} : { event_id: escapeEventId(clientEventId) }) };
  return judgeEvent(event, clientEventId, history);
}

function judgeEvent(event: ClientEvent, clientEventId: string | null, history: History): Verdict {
  switch (event.type) {
    case 'session.update': {
      const session = prune(event.session);
      if (session === undefined) return { kind: 'acknowledge' };
      return { kind: 'forward', event: { ...event, session: { type: 'realtime', ...session } } };
    }
    case 'input_audio_buffer.append':
    case 'input_audio_buffer.commit':
    case 'input_audio_buffer.clear':
      return { kind: 'forward', event };
    case 'conversation.item.create': {
      const { previous_item_id: previous, item } = event;
      if (isForeign(item.id, history)) {
        return { kind: 'refuse', code: 'invalid_value', param: 'item.id', clientEventId };
      }
      if (typeof previous !== 'string') return { kind: 'say', event, byUser: item.role === 'user' };
      const placed = { ...event, previous_item_id: insertionPoint(history, asKnown(previous, history)) };
      return { kind: 'say', event: placed, byUser: item.role === 'user' };
    }
    case 'conversation.item.retrieve':
    case 'conversation.item.truncate':
    case 'conversation.item.delete':
      return { kind: 'forward', event: { ...event, item_id: asKnown(event.item_id, history) } };
    case 'response.create': {
      const { input } = event.response ?? {};
      if (input?.some((item) => item.type === 'message' && isForeign(item.id, history))) {
        return { kind: 'refuse', code: 'invalid_value', param: 'response.input', clientEventId };
      }
      const response = withKnownReferences(event.response, history);
      if (response?.conversation !== 'none') return { kind: 'ask', response, clientEventId };
      return { kind: 'forward', event: { ...event, response: { ...response, tool_choice: 'none' } } };
    }
    case 'response.cancel':
      return { kind: 'cancel', event, responseId: event.response_id ?? null };
  }
}

/** Names no item: a client cannot make one with such an id, and the relay does not. */
const noSuchItem = `${relayPrefix}no_such_item`;

/**
 * The id as a client can mean it: one it must not know of becomes one that does not exist, so that upstream's own answer
 * to unknown ids is what it hears, whatever that is.
 */
function asKnown(id: string, history: History): string {
  return isForeign(id, history) ? noSuchItem : id;
}

type ResponseOptions = Extract<ClientEvent, { type: 'response.create' }>['response'];

function withKnownReferences(response: ResponseOptions, history: History): ResponseOptions {
  if (response?.input === undefined) return response;
  const input = response.input.map((item) =>
    item.type === 'item_reference' ? { ...item, id: asKnown(item.id, history) } : item,
  );
  return { ...response, input };
}

/** True for an id that is hidden or in the relay's own name space. */
function isForeign(id: string | undefined, history: History): boolean {
  return id !== undefined && (id.startsWith(relayPrefix) || isHidden(history, id));
}

/** A copy without empty objects, or undefined when nothing is left. */
function prune(value: JsonObject): JsonObject | undefined {
  const entries = Object.entries(value).flatMap(([key, member]) => {
    const kept = isJsonObject(member) ? prune(member) : member;
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
