import { appendFrame } from '../../protocol/append-frame';
import { base64Length, encode } from '../../protocol/base64';
import { type CarrierAudio } from '../dialect';
import { clearTimer, count, set, setTimer, type PhoneDraft } from './draft';
import { hold, nothingHeld } from './held';
import { filled, silenceDue, takeFrame } from './input-line';
import { giveUpMissing, takeInOrder, type Ordered } from './order';

/** Takes a frame of the caller's, in its turn. False: its timestamp is impossible. */
export function listen(draft: PhoneDraft, frame: CarrierAudio): boolean {
  const { chunk } = frame;
  if (chunk === null) return hear(draft, frame);
  const { order, settings } = draft.call;
  const mostEarly = settings.limits.reorderMs / settings.capabilities.frameMs;
  return passOrdered(draft, takeInOrder(order, { ...frame, chunk }, mostEarly));
}

/** Passes on what has waited too long for the frames before it. False: a timestamp is impossible. */
export function passEarly(draft: PhoneDraft): boolean {
  return passOrdered(draft, giveUpMissing(draft.call.order));
}

/** The session listens now: what the caller has said so far is passed on. */
export function passHeld(draft: PhoneDraft): void {
  for (const { data } of draft.call.held.frames) draft.effects.push({ kind: 'say', data });
  set(draft, { held: nothingHeld });
}

/** Looks whether the caller has fallen silent in a way that only the lack of frames tells. */
export function checkQuiet(draft: PhoneDraft): void {
  const { input, isCallerSpeaking, settings } = draft.call;
  const { quietMs } = settings.limits;
  if (!isCallerSpeaking) return;
  const silentMs = draft.nowMs - input.lastAtMs;
  if (silentMs < quietMs) {
    setTimer(draft, 'quiet', Math.ceil(quietMs - silentMs));
    return;
  }
  const dueMs = Math.floor(silenceDue(input, draft.nowMs, settings.limits));
  fill(draft, dueMs);
  set(draft, { input: filled(input, dueMs) });
  setTimer(draft, 'quiet', quietFillMs);
}

function passOrdered(draft: PhoneDraft, { order, ready, isLate }: Ordered): boolean {
  const hasWaited = draft.call.order.early.length > 0;
  const mustWait = order.early.length > 0;
  if (mustWait && (!hasWaited || ready.length > 0)) setTimer(draft, 'order', draft.call.settings.limits.reorderMs);
  else if (!mustWait && hasWaited) clearTimer(draft, 'order');
  if (isLate) count(draft, 'late_frames_dropped');
  set(draft, { order });
  return ready.every((frame) => hear(draft, frame));
}

/** Passes a frame on, behind the silence that its carrier left out. */
function hear(draft: PhoneDraft, { base64, timestampMs }: CarrierAudio): boolean {
  const { input, isCallerSpeaking, settings } = draft.call;
  const durationMs = base64Length(base64) / settings.audio.bytesPerMs;
  const arrived = { timestampMs, durationMs, isCallerSpeaking };
  const frame = takeFrame(input, arrived, draft.nowMs, settings.limits);
  if (frame.kind === 'impossible') return false;
  set(draft, { input: frame.line });
  fill(draft, frame.gapMs);
  pass(draft, appendFrame(base64), durationMs);
  return true;
}

/** How often silence is put in while the caller sends nothing, in milliseconds. */
const quietFillMs = 200;

/** Most silence in one message, in milliseconds. */
const mostSilenceMs = 1000;

function fill(draft: PhoneDraft, ms: number): void {
  const { bytesPerMs, silence } = draft.call.settings.audio;
  for (let leftMs = ms; leftMs > 0; leftMs -= mostSilenceMs) {
    const pieceMs = Math.min(leftMs, mostSilenceMs);
    // A sample of PCM has two bytes, and a gap may end within a millisecond.
    const bytes = 2 * Math.round((pieceMs * bytesPerMs) / 2);
    pass(draft, appendFrame(encode(Buffer.alloc(bytes, silence))), pieceMs);
  }
  count(draft, 'silence_filled_ms', Math.round(ms));
}

function pass(draft: PhoneDraft, data: Buffer, ms: number): void {
  if (draft.call.session.isReady) {
    draft.effects.push({ kind: 'say', data });
    return;
  }
  const { held, dropped } = hold(draft.call.held, { data, ms }, draft.call.settings.limits.heldMs);
  set(draft, { held });
  count(draft, 'held_frames_dropped', dropped);
}
