import { audioBytesPerMs, type AudioFormat, type AudioMode, type RecordedEvent } from './format';

/** What a session is heard and speaks in. */
export interface AudioFormats {
  readonly input: AudioFormat;
  readonly output: AudioFormat;
}

/**
 * An event with its audio as the recording shall have it. Audio is what stands in `audio`, wherever that is a text, and the
 * `delta` of the model's speech; replaced, it leaves `audio_bytes` and `audio_ms`, rounded to a tenth.
 */
export function withAudio(
  event: RecordedEvent,
  mode: AudioMode,
  from: 'client' | 'relay',
  formats: AudioFormats,
): RecordedEvent {
  if (mode === 'kept') return event;
  const formatOf = (holder: Readonly<Record<string, unknown>>) =>
    from === 'client' || holder['type'] === 'input_audio' ? formats.input : formats.output;

  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    return isRecord(value) ? visitMembers(value) : value;
  };

  const visitMembers = (holder: Readonly<Record<string, unknown>>, names: readonly string[] = ['audio']) => {
    const visited = Object.entries(holder).flatMap(([name, value]): [string, unknown][] => {
      if (!names.includes(name) || typeof value !== 'string') return [[name, visit(value)]];
      return mode === 'dropped' ? [] : lengthOf(value, formatOf(holder));
    });
    return Object.fromEntries(visited);
  };

  const visited = visitMembers(event, event.type === speech ? ['audio', 'delta'] : ['audio']);
  return { ...visited, type: event.type };
}

/** The event whose audio stands in `delta`. */
export const speech = 'response.output_audio.delta';

/** A plain JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function lengthOf(base64: string, format: AudioFormat): [string, number][] {
  const bytes = base64Bytes(base64);
  return [
    ['audio_bytes', bytes],
    ['audio_ms', Math.round((bytes / audioBytesPerMs(format)) * 10) / 10],
  ];
}

/** How many bytes a base64 text stands for. */
function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor(((text.length - padding) * 3) / 4);
}
