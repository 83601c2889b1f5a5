import { base64Length, cutFrames, encode } from '../../protocol/base64';
import { type AudioDelta } from '../../protocol/audio-delta';
import { count, discard, say, set, setTimer, type PhoneDraft } from './draft';
import { settle } from './heard';
import { markName } from './mark-name';
import { begin, change, hasBegun, isWhole, itemFor, marked, queue, sent, type PlayedItem } from './playback';
import { truncate } from './truncation';

/** Plays a piece of the model's speech, in whole frames; what does not fill one waits for the next piece. */
export function play(draft: PhoneDraft, delta: AudioDelta): void {
  if (draft.call.session.discarded.includes(delta.responseId)) {
    dropLate(draft, delta);
    return;
  }
  // A part of speech is followed by another only when it is complete, also where its end is not told.
  finishItems(draft, (item) => item.itemId !== delta.itemId || item.contentIndex !== delta.contentIndex);
  const { playback, item } = itemFor(draft.call.playback, delta);
  const { whole, rest } = cutFrames(item.rest, delta.audio, frameBytes(draft));
  set(draft, { playback: change(playback, item.number, { rest }) });
  const pieceChars = (bytesBetweenMarks(draft) / 3) * 4;
  for (let at = 0; at < whole.length; at += pieceChars) {
    const audio = whole.subarray(at, at + pieceChars);
    set(draft, { playback: queue(draft.call.playback, { number: item.number, audio, bytes: base64Length(audio) }) });
    if (isTooMuch(draft)) {
      hand(draft);
      if (isTooMuch(draft)) {
        cutShort(draft, item.number);
        return;
      }
    }
  }
  hand(draft);
}

/** No more audio of these items is to come: their last frame is filled up with silence, and marked. */
export function finishItems(draft: PhoneDraft, which: (item: PlayedItem) => boolean): void {
  for (const { number, isDone, rest } of draft.call.playback.items.filter(which)) {
    if (isDone) continue;
    set(draft, { playback: change(draft.call.playback, number, { isDone: true, rest: noBytes }) });
    if (rest.length === 0) mark(draft, number);
    else {
      const fill = Buffer.alloc(frameBytes(draft) - rest.length, draft.call.settings.audio.silence);
      const audio = encode(Buffer.concat([rest, fill]));
      set(draft, { playback: queue(draft.call.playback, { number, audio, bytes: rest.length }) });
    }
  }
  hand(draft);
}

/**
 * Hands audio that waits to the carrier, unless that has asked for a pause, as far ahead of its playing as it can take it; a
 * timer hands over the rest.
 */
export function hand(draft: PhoneDraft): void {
  const { audio: kind, capabilities } = draft.call.settings;
  while (draft.call.isTaking) {
    const { waiting, endsAtMs } = draft.call.playback;
    const [piece] = waiting;
    if (piece === undefined) return;
    const tooFarMs = endsAtMs - draft.nowMs - capabilities.maxAheadMs;
    if (tooFarMs > 0) {
      setTimer(draft, 'pace', Math.ceil(tooFarMs));
      return;
    }
    draft.effects.push({ kind: 'play', audio: piece.audio });
    set(draft, { playback: sent(draft.call.playback, piece, kind.bytesPerMs, draft.nowMs) });
    mark(draft, piece.number);
  }
}

/** Lets go of what has been heard. */
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

/** What comes of a response that was cut off is not played; of a part that begins only now, nothing has been heard. */
function dropLate(draft: PhoneDraft, part: AudioDelta): void {
  count(draft, 'late_audio_dropped');
  if (hasBegun(draft.call.playback, part)) return;
  set(draft, { playback: begin(draft.call.playback, part) });
  truncate(draft, part, 0);
}

/** More waits than `waitingMs`. */
function isTooMuch({ call: { playback, settings } }: PhoneDraft): boolean {
  const waitingBytes = playback.items.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0);
  return waitingBytes > settings.limits.waitingMs * settings.audio.bytesPerMs;
}

/** A response goes on for longer than anybody listens: it ends with what waits already, and the model is told so. */
function cutShort(draft: PhoneDraft, number: number): void {
  const item = draft.call.playback.items.find((each) => each.number === number);
  if (item === undefined) return;
  const { responseId, sentBytes, queuedBytes } = item;
  discard(draft, [responseId]);
  say(draft, { type: 'response.cancel', response_id: responseId });
  truncate(draft, item, Math.floor((sentBytes + queuedBytes) / draft.call.settings.audio.bytesPerMs));
  count(draft, 'responses_cut_short');
  const fields = { responseId };
  draft.effects.push({ kind: 'log', level: 'warn', fields, message: 'Response too long for the phone, cut short' });
  set(draft, { playback: change(draft.call.playback, number, { rest: noBytes }) });
  finishItems(draft, (each) => each.number === number);
}

/** Sends a mark behind what has been handed over of an item, where one is due: now and then, and at its end. */
function mark(draft: PhoneDraft, number: number): void {
  const { playback, settings } = draft.call;
  const item = playback.items.find((each) => each.number === number);
  if (!settings.capabilities.marks || item === undefined) return;
  if (item.sentMs - item.markedMs < (isWhole(item) ? 1 : settings.limits.markMs)) return;
  draft.effects.push({ kind: 'mark', name: markName({ item: number, atMs: item.sentMs }) });
  count(draft, 'marks_sent');
  set(draft, { playback: marked(playback, item, draft.nowMs) });
}

function frameBytes({ call: { settings } }: PhoneDraft): number {
  return settings.capabilities.frameMs * settings.audio.bytesPerMs;
}

/** The most audio handed over at once: whole frames that are whole base64 quanta too, so that text can be cut there. */
function bytesBetweenMarks(draft: PhoneDraft): number {
  const frame = frameBytes(draft);
  const unit = frame % 3 === 0 ? frame : 3 * frame;
  const { limits, audio, capabilities } = draft.call.settings;
  const atMostMs = Math.min(limits.markMs, capabilities.maxAheadMs);
  return Math.max(unit, Math.floor((atMostMs * audio.bytesPerMs) / unit) * unit);
}
