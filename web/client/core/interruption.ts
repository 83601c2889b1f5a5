import { change, send, tell, type TalkDraft } from './draft';
import { advance, cut, isHeard, type PlayedSoFar } from './playback';
import { type PartName } from './server-event';
import { interruptTurn, type Change } from './turns';

/**
 * The user cuts the assistant off: it falls silent first of all, then each part of its speech that was not heard to its end
 * is truncated at what was, so that the model does not believe it was heard (protocol reference, section 5). That is due as
 * long as anything plays, also when its response has long been done; while nothing plays, nothing is truncated, or a part
 * heard whole would lose its transcript.
 */
export function interrupt(draft: TalkDraft): void {
  const { active, discarded, playback, stopping } = draft.state.phase;
  const { parts } = playback;
  const cutOff = new Set([...discarded, ...active, ...parts.map(({ responseId }) => responseId)]);
  change(draft, { discarded: [...cutOff].slice(-mostDiscarded) });
  if (parts.length === 0) return;
  draft.effects.push({ kind: 'silence' });
  const { asked, parts: before, unsent } = stopping ?? { asked: 0, parts: [], unsent: [] };
  change(draft, {
    playback: cut(playback),
    isSpeaking: false,
    stopping: { asked: asked + 1, parts: [...before, ...parts], unsent },
  });
}

/** The speaker has stopped and tells what was heard. */
export function silenced(draft: TalkDraft, report: readonly PlayedSoFar[]): void {
  const { stopping } = draft.state.phase;
  if (stopping === undefined) return;
  const parts = stopping.parts.map((part) => advance(part, report));
  if (stopping.asked > 1) {
    change(draft, { stopping: { ...stopping, asked: stopping.asked - 1, parts } });
    return;
  }
  change(draft, { stopping: undefined });
  for (const part of parts) if (!isHeard(part)) truncate(draft, part, Math.floor(part.playedMs));
  for (const event of stopping.unsent) send(draft, event);
}

/** Tells the model that the user hears no more of a part than this, and the page that not all of it was heard. */
export function truncate(draft: TalkDraft, { itemId, contentIndex }: PartName, atMs: number): void {
  send(draft, {
    type: 'conversation.item.truncate',
    item_id: itemId,
    content_index: contentIndex,
    audio_end_ms: atMs,
  });
  show(draft, interruptTurn(draft.state.phase.turns, itemId));
}

/** Takes over a change of the turns, and tells the page of it. */
export function show(draft: TalkDraft, { turns, transcript }: Change): void {
  change(draft, { turns });
  if (transcript !== undefined) tell(draft, 'transcript', transcript);
}

/** More responses than can be late at once. */
const mostDiscarded = 16;
