import { audioFacts } from '../../audio-facts';
import { isJsonObject, parseObject, type JsonObject } from '../../json';
import { readAudioDelta, type AudioDelta } from '../../protocol/audio-delta';
import { frameType } from '../../protocol/frame';

/** What of a session's events concerns a phone; everything else, transcripts too, ends here. */
export type SessionSays =
  | { readonly kind: 'ready' | 'configured'; readonly isInterruptible: boolean }
  | { readonly kind: 'response.begun' | 'response.done'; readonly responseId: string }
  | { readonly kind: 'audio'; readonly delta: AudioDelta }
  | { readonly kind: 'audio.done'; readonly itemId: string; readonly contentIndex: number }
  | { readonly kind: 'speech.started' | 'speech.stopped' }
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'nothing' };

/** Reads one message of the session; only those that matter are parsed, and audio not even those. */
export function readSession(data: Buffer | string): SessionSays {
  const frame = typeof data === 'string' ? Buffer.from(data) : data;
  const type = frameType(frame);
  if (type === 'response.output_audio.delta') {
    const delta = readAudioDelta(frame);
    return delta === undefined ? nothing : { kind: 'audio', delta };
  }
  if (type === undefined || !concerning.has(type)) return nothing;
  const event = parseObject(frame);
  return event === undefined ? nothing : readEvent(type, event);
}

const nothing: SessionSays = { kind: 'nothing' };

const concerning: ReadonlySet<string> = new Set([
  'session.created',
  'session.updated',
  'response.created',
  'response.done',
  'response.output_audio.done',
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'error',
]);

function readEvent(type: string, event: JsonObject): SessionSays {
  switch (type) {
    case 'session.created':
      return { kind: 'ready', isInterruptible: isInterruptible(event) };
    case 'session.updated':
      return { kind: 'configured', isInterruptible: isInterruptible(event) };
    case 'response.created':
    case 'response.done': {
      const responseId = member(event, 'response')['id'];
      if (typeof responseId !== 'string') return nothing;
      return { kind: type === 'response.done' ? type : 'response.begun', responseId };
    }
    case 'response.output_audio.done': {
      const { item_id: itemId, content_index: contentIndex } = event;
      if (typeof itemId !== 'string' || typeof contentIndex !== 'number') return nothing;
      return { kind: 'audio.done', itemId, contentIndex };
    }
    case 'input_audio_buffer.speech_started':
      return { kind: 'speech.started' };
    case 'input_audio_buffer.speech_stopped':
      return { kind: 'speech.stopped' };
    case 'error': {
      const code = member(event, 'error')['code'];
      return { kind: 'error', code: typeof code === 'string' ? code : 'unknown' };
    }
    default:
      return nothing;
  }
}

function isInterruptible(event: JsonObject): boolean {
  return audioFacts(member(event, 'session')).interruptsResponses;
}

function member(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  return isJsonObject(value) ? value : {};
}
