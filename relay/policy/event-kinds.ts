import { isJsonObject, type JsonObject } from '../json';

/** How an upstream event is treated that the relay does not look into. */
export type EventKind =
  /** The client's own microphone, transcripts of what the user said: passes as it came. */
  | 'pass'
  /** Content of a response: passes as it came unless a response is held or has hidden items. */
  | 'content'
  /** Known to be of tools or of the account: dropped. */
  | 'hide'
  /** A type nobody has decided about. */
  | 'unknown';

const pass: ReadonlySet<string> = new Set([
  'input_audio_buffer.timeout_triggered',
  'input_audio_buffer.dtmf_event_received',
  'conversation.item.input_audio_transcription.delta',
  'conversation.item.input_audio_transcription.completed',
  'conversation.item.input_audio_transcription.segment',
  'output_audio_buffer.started',
  'output_audio_buffer.stopped',
  'output_audio_buffer.cleared',
]);

const content: ReadonlySet<string> = new Set([
  'response.output_audio.delta',
  'response.output_audio_transcript.delta',
  'response.output_text.delta',
  'response.output_audio.done',
  'response.output_audio_transcript.done',
  'response.output_text.done',
  'response.content_part.added',
  'response.content_part.done',
]);

/** Content events that carry nothing to scrub, so that they may pass without a parse. */
const rawContent: ReadonlySet<string> = new Set([...content].filter((type) => !type.includes('content_part')));

/** True for a type whose frame may go to the client unparsed. `isPlain`: no response is held or has hidden items. */
export function mayPassRaw(type: string, isPlain: boolean): boolean {
  return (isPlain && rawContent.has(type)) || pass.has(type);
}

/** What to do with an event of this type (protocol reference, sections 2.2 and 2.3). */
export function kindOf(type: string): EventKind {
  if (pass.has(type)) return 'pass';
  if (content.has(type)) return 'content';
  return hidden.test(type) ? 'hide' : 'unknown';
}

/** The last of them are the relay's own, which nobody else may send. */
const hidden =
  /^(rate_limits\.updated$|response\.function_call_arguments\.|response\.mcp_call|mcp_list_tools\.|relay\.)/;

/**
 * True for an event of an unknown type that a client may see: one whose name has nothing to do with tools, flat,
 * without a member that tools use, and without a word of `secrets`.
 */
export function isHarmless(event: JsonObject & { readonly type: string }, secrets: readonly string[]): boolean {
  const tells = (text: string) => secrets.some((secret) => secret !== '' && text.includes(secret));
  return (
    !suspicious.test(event.type) &&
    Object.entries(event).every(
      ([key, value]) =>
        !suspicious.test(key) &&
        !tells(key) &&
        (typeof value === 'string' ? !tells(value) : !isJsonObject(value) && !Array.isArray(value)),
    )
  );
}

const suspicious = /function|tool|mcp|reasoning|call|argument|instruction|prompt|^name$|^output$|session/i;
