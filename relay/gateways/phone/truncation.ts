import { count, say, type PhoneDraft } from './draft';
import { type SpeechPart } from './playback';

/** Tells the model that the caller hears no more of an item than this, so that it does not believe the rest was heard. */
export function truncate(draft: PhoneDraft, { itemId, contentIndex }: SpeechPart, atMs: number): void {
  say(draft, {
    type: 'conversation.item.truncate',
    item_id: itemId,
    content_index: contentIndex,
    audio_end_ms: atMs,
  });
  count(draft, 'truncations');
}
