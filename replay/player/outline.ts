import type { Seen } from './seen';

/** What came back in a session, as far as two sessions can be compared: no ids, no times, no content. */
export interface Outline {
  /** Every event but the pieces of a content and what comes at any time, such as `response.done completed`. */
  readonly events: EventChain | undefined;
  readonly hasAudio: boolean;
  readonly hasText: boolean;
  /** The statuses responses ended with, each once. */
  readonly statuses: readonly string[];
  /** The codes of errors, each once. */
  readonly errors: readonly string[];
}

/** Events in order, the last one first: so a session of any length grows by one without being copied. */
interface EventChain {
  readonly event: string;
  readonly before: EventChain | undefined;
}

export const emptyOutline: Outline = { events: undefined, hasAudio: false, hasText: false, statuses: [], errors: [] };

export function outlined(outline: Outline, seen: Seen): Outline {
  switch (seen.kind) {
    case 'audio':
      return outline.hasAudio ? outline : { ...outline, hasAudio: true };
    case 'text':
      return outline.hasText ? outline : { ...outline, hasText: true };
    case 'answered':
      return { ...withEvent(outline, seen, seen.status), statuses: withName(outline.statuses, seen.status) };
    case 'error':
      return { ...withEvent(outline, seen, seen.code), errors: withName(outline.errors, seen.code) };
    case 'item':
      return withEvent(outline, seen, seen.sort);
    default:
      return withEvent(outline, seen);
  }
}

/** The events of an outline, in order. */
export function eventsOf({ events }: Outline): string[] {
  const inOrder: string[] = [];
  for (let link = events; link !== undefined; link = link.before) inOrder.push(link.event);
  return inOrder.reverse();
}

const withName = (names: readonly string[], name: string) => (names.includes(name) ? names : [...names, name]);

function withEvent(outline: Outline, { type }: Seen, detail?: string): Outline {
  if (type.endsWith('.delta') || isLoose.test(type)) return outline;
  const event = detail === undefined ? type : `${type} ${detail}`;
  return { ...outline, events: { event, before: outline.events } };
}

/** Events that come when they come, beside everything else. */
const isLoose = /^(conversation\.item\.input_audio_transcription\.|rate_limits\.|relay\.|output_audio_buffer\.)/;
