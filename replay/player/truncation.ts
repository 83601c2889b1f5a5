import type { RecordedEvent } from '../recording/format';

/**
 * A client says by `conversation.item.truncate` how much of an answer was heard. Of a shorter answer than was recorded no more can
 * have been heard than there is, and of one without sound there is nothing to say; a server calls either an error (protocol
 * reference, section 5). Every other event stays as it is.
 *
 * @param spokenMs how much sound of each item has come, in milliseconds.
 * @returns undefined where it is to be left out.
 */
export function asHeard(event: RecordedEvent, spokenMs: Readonly<Record<string, number>>): RecordedEvent | undefined {
  const { type, item_id: itemId, audio_end_ms: endMs } = event;
  if (type !== 'conversation.item.truncate' || typeof itemId !== 'string' || typeof endMs !== 'number') return event;
  const there = Math.floor(spokenMs[itemId] ?? 0);
  return there === 0 ? undefined : { ...event, audio_end_ms: Math.min(endMs, there) };
}
