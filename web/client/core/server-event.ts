import { numberOf, objectOf, parseObject, textOf, type JsonObject } from './json';
import { readSession, type SessionFacts } from './session-facts';

/** A content part of an item: what audio and words belong to. */
export interface PartName {
  readonly itemId: string;
  readonly contentIndex: number;
}

/** What of the relay's events concerns a call (protocol reference, sections 2.2 and 2.3). */
export type ServerEvent =
  | { readonly kind: 'session'; readonly isNew: boolean; readonly facts: SessionFacts }
  | { readonly kind: 'response.begun'; readonly responseId: string }
  | { readonly kind: 'response.done'; readonly responseId: string; readonly failure: string | undefined }
  | { readonly kind: 'audio'; readonly responseId: string; readonly part: PartName; readonly base64: string }
  | { readonly kind: 'audio.done'; readonly part: PartName }
  | { readonly kind: 'speech.started'; readonly itemId: string }
  | { readonly kind: 'speech.stopped'; readonly audioEndMs: number | undefined }
  | { readonly kind: 'words'; readonly role: 'user' | 'assistant'; readonly part: PartName; readonly more: string }
  | { readonly kind: 'words.done'; readonly role: 'user' | 'assistant'; readonly part: PartName; readonly text: string }
  | { readonly kind: 'words.failed'; readonly part: PartName }
  | { readonly kind: 'activity'; readonly isBusy: boolean }
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'nothing' };

/** Reads one message of the relay. What is unknown, or not as it should be, is nothing: it never throws. */
export function readServerEvent(message: string): ServerEvent {
  const event = parseObject(message);
  switch (event['type']) {
    case 'session.created':
    case 'session.updated':
      return { kind: 'session', isNew: event['type'] === 'session.created', facts: readSession(event['session']) };
    case 'response.created':
      return withId(textOf(objectOf(event['response'])['id']), (responseId) => ({
        kind: 'response.begun',
        responseId,
      }));
    case 'response.done': {
      const response = objectOf(event['response']);
      const failure = failureOf(response);
      return withId(textOf(response['id']), (responseId) => ({ kind: 'response.done', responseId, failure }));
    }
    case 'response.output_audio.delta':
      return ofPart(event, (part) => {
        return { kind: 'audio', responseId: textOf(event['response_id']), part, base64: textOf(event['delta']) };
      });
    case 'response.output_audio.done':
      return ofPart(event, (part) => ({ kind: 'audio.done', part }));
    case 'input_audio_buffer.speech_started':
      return { kind: 'speech.started', itemId: textOf(event['item_id']) };
    case 'input_audio_buffer.speech_stopped': {
      const audioEndMs = numberOf(event['audio_end_ms'], Number.NaN);
      return { kind: 'speech.stopped', audioEndMs: Number.isNaN(audioEndMs) ? undefined : audioEndMs };
    }
    case 'response.output_audio_transcript.delta':
    case 'response.output_text.delta':
      return ofPart(event, (part) => ({ kind: 'words', role: 'assistant', part, more: textOf(event['delta']) }));
    case 'response.output_audio_transcript.done':
      return ofPart(event, (part) => wordsDone('assistant', part, event['transcript']));
    case 'response.output_text.done':
      return ofPart(event, (part) => wordsDone('assistant', part, event['text']));
    case 'conversation.item.input_audio_transcription.delta':
      return ofPart(event, (part) => ({ kind: 'words', role: 'user', part, more: textOf(event['delta']) }));
    case 'conversation.item.input_audio_transcription.completed':
      return ofPart(event, (part) => wordsDone('user', part, event['transcript']));
    case 'conversation.item.input_audio_transcription.failed':
      return ofPart(event, (part) => ({ kind: 'words.failed', part }));
    case 'conversation.item.added':
      return readItem(objectOf(event['item']));
    case 'relay.activity':
      return { kind: 'activity', isBusy: event['state'] === 'busy' };
    case 'error':
      return { kind: 'error', code: textOf(objectOf(event['error'])['code']) || 'unknown' };
    default:
      return nothing;
  }
}

const nothing: ServerEvent = { kind: 'nothing' };

function withId(id: string, make: (id: string) => ServerEvent): ServerEvent {
  return id === '' ? nothing : make(id);
}

function ofPart(event: JsonObject, make: (part: PartName) => ServerEvent): ServerEvent {
  const contentIndex = numberOf(event['content_index'], 0);
  return withId(textOf(event['item_id']), (itemId) => make({ itemId, contentIndex }));
}

function wordsDone(role: 'user' | 'assistant', part: PartName, text: unknown): ServerEvent {
  return { kind: 'words.done', role, part, text: textOf(text) };
}

/** Why a response failed, where it did. */
function failureOf(response: JsonObject): string | undefined {
  if (response['status'] !== 'failed') return undefined;
  return textOf(objectOf(objectOf(response['status_details'])['error'])['code']) || 'unknown';
}

/** Of items only what the user wrote is read: all other words come in events of their own. */
function readItem(item: JsonObject): ServerEvent {
  const content: unknown[] = Array.isArray(item['content']) ? item['content'] : [];
  const written = content.map(objectOf).filter(({ type }) => type === 'input_text');
  if (item['role'] !== 'user' || written.length === 0) return nothing;
  const text = written.map((part) => textOf(part['text'])).join('\n');
  return withId(textOf(item['id']), (itemId) => wordsDone('user', { itemId, contentIndex: 0 }, text));
}
