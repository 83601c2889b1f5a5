import { clearTimer, count, learn, say, set, type PhoneDraft } from './draft';
import { cut, heardMs, isWhole, outstanding } from './playback';
import { settlePlayback } from './speaking';

/**
 * The caller cuts the model off: what is queued at the carrier is thrown away first of all, then each item that was not
 * heard to its end is truncated at what was, so that the model does not believe it was heard (telephony reference,
 * section 13). That is due as long as anything plays, also when its response has long been done; while nothing plays,
 * nothing is truncated, or an item heard whole would lose its transcript.
 */
export function interrupt(draft: PhoneDraft): void {
  const { active, discarded } = draft.call.session;
  if (active.length > 0) learn(draft, { discarded: [...discarded, ...active].slice(-mostDiscarded) });
  settlePlayback(draft);
  const { playback, settings } = draft.call;
  if (playback.items.length === 0) return;
  draft.effects.push({ kind: 'clear' });
  count(draft, 'interruptions');
  count(draft, 'marks_cleared', outstanding(playback.items));
  for (const item of playback.items) {
    const atMs = heardMs(item, draft.nowMs, settings.capabilities.lagMs);
    if (isWhole(item) && atMs >= item.sentMs) continue;
    const { itemId, contentIndex } = item;
    say(draft, {
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: contentIndex,
      audio_end_ms: atMs,
    });
    count(draft, 'truncations');
  }
  clearTimer(draft, 'pace');
  clearTimer(draft, 'played');
  set(draft, { playback: cut(playback, draft.nowMs) });
}

/** More than can be under way at once. */
const mostDiscarded = 8;
