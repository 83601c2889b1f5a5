import { base64Length, cutFrames, encode } from '../../protocol/base64';
import { type AudioDelta } from '../../protocol/audio-delta';
import { count, set, setTimer, type PhoneDraft } from './draft';
import { markName } from './mark-name';
import { change, itemFor, sent, settle, type PlayedItem } from './playback';

/** Plays a piece of the model's speech, in whole frames; what does not fill one waits for the next piece. */
export function play(draft: PhoneDraft, delta: AudioDelta): void {
  if (draft.call.session.discarded.includes(delta.responseId)) {
    count(draft, 'late_audio_dropped');
    return;
  }
  // A part of speech is followed by another only when it is complete, also where its end is not told.
  finishItems(draft, (item) => item.itemId !== delta.itemId || item.contentIndex !== delta.contentIndex);
  const { playback, item } = itemFor(draft.call.playback, delta);
  const { whole, rest } = cutFrames(item.rest, delta.audio, frameBytes(draft));
  set(draft, { playback: change(playback, item.number, { rest }) });
  const pieceBytes = bytesBetweenMarks(draft);
  const pieceChars = (pieceBytes / 3) * 4;
  for (let at = 0; at < whole.length; at += pieceChars) {
    const piece = whole.subarray(at, at + pieceChars);
    hand(draft, item.number, piece, base64Length(piece));
  }
}

/** No more audio of these items is to come: their last frame is filled up with silence, and marked. */
export function finishItems(draft: PhoneDraft, which: (item: PlayedItem) => boolean): void {
  for (const item of draft.call.playback.items) {
    if (item.isDone || !which(item)) continue;
    if (item.rest.length > 0) {
      const fill = Buffer.alloc(frameBytes(draft) - item.rest.length, draft.call.settings.audio.silence);
      hand(draft, item.number, encode(Buffer.concat([item.rest, fill])), item.rest.length);
    }
    mark(draft, item.number, 1);
    set(draft, { playback: change(draft.call.playback, item.number, { isDone: true, rest: noBytes }) });
  }
}

/** Lets go of what has been heard, and says so when that is everything. */
export function settlePlayback(draft: PhoneDraft): void {
  const { limits, capabilities } = draft.call.settings;
  const { marks, lagMs } = capabilities;
  const { playback, lost } = settle(draft.call.playback, draft.nowMs, {
    marks,
    lagMs,
    patienceMs: limits.markPatienceMs,
  });
  count(draft, 'marks_lost', lost);
  set(draft, { playback });
}

/** Tells when everything said has been heard; without marks the clock is asked again when that should be so. */
export function tellIfHeard(draft: PhoneDraft): void {
  settlePlayback(draft);
  const { playback, session, settings } = draft.call;
  if (session.active.length > 0) return;
  if (playback.items.length === 0) draft.effects.push({ kind: 'heard' });
  else if (!settings.capabilities.marks) {
    setTimer(draft, 'played', Math.max(1, Math.ceil(playback.endsAtMs + settings.capabilities.lagMs - draft.nowMs)));
  }
}

const noBytes = Buffer.alloc(0);

/** Hands whole frames to the carrier, of which `bytes` are speech. */
function hand(draft: PhoneDraft, number: number, audio: Buffer, bytes: number): void {
  const { audio: kind, limits } = draft.call.settings;
  draft.effects.push({ kind: 'play', audio });
  set(draft, { playback: sent(draft.call.playback, number, bytes, kind.bytesPerMs, draft.nowMs) });
  mark(draft, number, limits.markMs);
}

/** Sends a mark when there are at least `leastMs` of audio since the last one. */
function mark(draft: PhoneDraft, number: number, leastMs: number): void {
  const { playback, settings } = draft.call;
  const item = playback.items.find((each) => each.number === number);
  if (!settings.capabilities.marks || item === undefined || item.sentMs - item.markedMs < leastMs) return;
  const { sentMs: atMs, marksMs } = item;
  draft.effects.push({ kind: 'mark', name: markName({ generation: playback.generation, item: number, atMs }) });
  count(draft, 'marks_sent');
  set(draft, { playback: change(playback, number, { markedMs: atMs, marksMs: [...marksMs, atMs] }) });
}

function frameBytes({ call: { settings } }: PhoneDraft): number {
  return settings.capabilities.frameMs * settings.audio.bytesPerMs;
}

/** The most audio handed over at once: whole frames that are whole base64 quanta too, so that text can be cut there. */
function bytesBetweenMarks(draft: PhoneDraft): number {
  const frame = frameBytes(draft);
  const unit = frame % 3 === 0 ? frame : 3 * frame;
  const { limits, audio } = draft.call.settings;
  return Math.max(unit, Math.floor((limits.markMs * audio.bytesPerMs) / unit) * unit);
}
