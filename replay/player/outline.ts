import type { Seen } from './seen';

/** What came back in a session, as far as two sessions can be compared: no ids, no times, no content. */
export interface Outline {
  /** Every event but the pieces of a content and what comes at any time, in order, such as `response.done completed`. */
  readonly events: readonly string[];
  readonly hasAudio: boolean;
  readonly hasText: boolean;
  /** The statuses responses ended with. */
  readonly statuses: readonly string[];
  /** The codes of errors. */
  readonly errors: readonly string[];
}

export const emptyOutline: Outline = { events: [], hasAudio: false, hasText: false, statuses: [], errors: [] };

export function outlined(outline: Outline, seen: Seen): Outline {
  switch (seen.kind) {
    case 'audio':
      return outline.hasAudio ? outline : { ...outline, hasAudio: true };
    case 'text':
      return outline.hasText ? outline : { ...outline, hasText: true };
    case 'answered':
      return { ...withEvent(outline, seen, seen.status), statuses: [...outline.statuses, seen.status] };
    case 'error':
      return { ...withEvent(outline, seen, seen.code), errors: [...outline.errors, seen.code] };
    case 'item':
      return withEvent(outline, seen, seen.sort);
    default:
      return withEvent(outline, seen);
  }
}

function withEvent(outline: Outline, { type }: Seen, detail?: string): Outline {
  if (type.endsWith('.delta') || isLoose.test(type)) return outline;
  return { ...outline, events: [...outline.events, detail === undefined ? type : `${type} ${detail}`] };
}

/** Events that come when they come, beside everything else. */
const isLoose = /^(conversation\.item\.input_audio_transcription\.|rate_limits\.|relay\.|output_audio_buffer\.)/;
