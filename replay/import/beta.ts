import { isRecord } from '../../simulator/protocol/json';
import type { RecordedEvent } from '../recording/format';

/** An event of the beta API under the name it has since (protocol reference, section 2.4). */
export function inGaForm(event: RecordedEvent): RecordedEvent {
  const type = renamed.get(event.type);
  return type === undefined ? event : { ...event, type };
}

/** Whether it changes settings in the form of the beta API, which nobody takes any more: it does not say what kind of session. */
export function isBetaUpdate({ type, session }: RecordedEvent): boolean {
  return type === 'session.update' && !(isRecord(session) && 'type' in session);
}

const renamed: ReadonlyMap<string, string> = new Map([
  ['response.text.delta', 'response.output_text.delta'],
  ['response.text.done', 'response.output_text.done'],
  ['response.audio.delta', 'response.output_audio.delta'],
  ['response.audio.done', 'response.output_audio.done'],
  ['response.audio_transcript.delta', 'response.output_audio_transcript.delta'],
  ['response.audio_transcript.done', 'response.output_audio_transcript.done'],
  ['conversation.item.created', 'conversation.item.added'],
]);
