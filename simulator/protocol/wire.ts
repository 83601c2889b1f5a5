import type { ConversationItem, RealtimeClientEvent, RealtimeServerEvent } from 'openai/resources/realtime/realtime';

/**
 * An official type as it stands on the wire. The published types leave out that an optional field is often sent as
 * `null` (`usage`, `status_details`, `conversation_id`, `transcript`): protocol reference, sections 3.1 and 8.
 */
export type OnWire<T> = T extends readonly (infer Element)[]
  ? OnWire<Element>[]
  : T extends object
    ? { [K in keyof T]: OnWire<T[K]> | (Partial<Pick<T, K>> extends Pick<T, K> ? null : never) }
    : T;

export type ServerEventType = RealtimeServerEvent['type'];
export type ClientEventType = RealtimeClientEvent['type'];

/** A server event of one type before it is given its `event_id`. */
export type Body<T extends ServerEventType> = Omit<OnWire<Extract<RealtimeServerEvent, { type: T }>>, 'event_id'> &
  (T extends `${string}.delta` ? { obfuscation?: string } : unknown);

/** Any server event before it is given its `event_id`. */
export type ServerBody = { [T in ServerEventType]: Body<T> }[ServerEventType];

/** Any server event, or one a test or scenario made up: always a type, and everything else unknown. */
export type AnyEvent = { readonly type: string; readonly [key: string]: unknown };

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** `phase` is on the wire for the reasoning models but not in the official types (protocol reference, section 4.2). */
export type Phase = 'commentary' | 'final_answer';

export type ContentPart =
  | { type: 'input_text'; text: string }
  | { type: 'input_audio'; transcript: string | null; audio?: string }
  | { type: 'input_image'; image_url: string; detail?: 'auto' | 'low' | 'high' }
  | { type: 'output_text'; text: string }
  | { type: 'output_audio'; transcript: string; audio?: string };

export interface MessageItem {
  id: string;
  type: 'message';
  status: ItemStatus;
  role: 'user' | 'assistant' | 'system';
  content: ContentPart[];
  phase?: Phase;
}

export interface FunctionCallItem {
  id: string;
  type: 'function_call';
  status: ItemStatus;
  name: string;
  call_id: string;
  arguments: string;
}

/** On the wire it has neither `status` nor `object` (protocol reference, section 4.1, step 10). */
export interface FunctionCallOutputItem {
  id: string;
  type: 'function_call_output';
  call_id: string;
  output: string;
}

/** A conversation item with its keys in the captured order: construct it in the order of its interface. */
export type WireItem = MessageItem | FunctionCallItem | FunctionCallOutputItem;

/**
 * One item as the official union types it. The cast narrows nothing: `MessageItem` keeps the three roles in one interface
 * where the official types have three, and TypeScript does not distribute a role union over them.
 */
export function asOfficial(item: WireItem): OnWire<ConversationItem> {
  return item as OnWire<ConversationItem>;
}
