import { clearTimer, count, discard, set, type PhoneDraft } from './draft';
import { heardMs, outstanding } from './heard';
import { cut, isWhole } from './playback';
import { settlePlayback } from './speaking';
import { truncate } from './truncation';

/**
 * The caller cuts the model off: what is queued at the carrier is thrown away first of all, then each item that was not
 * heard to its end is truncated at what was, so that the model does not believe it was heard (telephony reference,
 * section 13). That is due as long as anything plays, also when its response has long been done; while nothing plays,
 * nothing is truncated, or an item heard whole would lose its transcript.
 */
export function interrupt(draft: PhoneDraft): void {
  const { active } = draft.call.session;
  discard(draft, active);
  settlePlayback(draft);
  const { playback, settings } = draft.call;
  if (playback.items.length === 0) return;
  draft.effects.push({ kind: 'clear' });
  count(draft, 'interruptions');
  count(draft, 'marks_cleared', outstanding(playback.items));
  for (const item of playback.items) {
    const atMs = heardMs(playback, item, draft.nowMs, settings.capabilities.lagMs);
    if (isWhole(item) && atMs >= item.sentMs) continue;
    truncate(draft, item, atMs);
  }
  clearTimer(draft, 'pace');
  clearTimer(draft, 'played');
  set(draft, { playback: cut(playback, draft.nowMs) });
}
