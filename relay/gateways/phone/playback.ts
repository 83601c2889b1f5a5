import { base64Length } from '../../protocol/base64';
import { unknownRoundTrip, type RoundTrip } from './round-trip';

/**
 * What the caller is being played: which audio was sent, when it must have begun to play, and how much of it has been
 * heard (telephony reference, section 13).
 *
 * A carrier plays what it is sent in order and without pause, however fast it comes, so a clock tells where in the audio
 * the caller is; each mark that comes back sets the clock right. Without marks the clock is all there is.
 *
 * The clock shows where the caller will be when what is sent now arrives. Audio sent into silence begins to play when it
 * arrives, so for that it begins when it is sent; a mark tells of a moment that lies back by the round trip.
 */
export interface Playback {
  /** How many items there have been. */
  readonly serial: number;
  /** The parts of speech that began last, whatever became of them. */
  readonly begun: readonly string[];
  /** Items of which something may not have been heard yet, in the order of playing. */
  readonly items: readonly PlayedItem[];
  /** Whole frames of these items that the carrier has not been handed yet. */
  readonly waiting: readonly Piece[];
  /** When all that was sent will have been played, in milliseconds on the phone's clock. */
  readonly endsAtMs: number;
  /** The same as if nothing took any time, and no mark had told otherwise: it cannot have been earlier. */
  readonly soonestEndMs: number;
  readonly roundTrip: RoundTrip;
}

/** Whole frames of an item, as base64 text; `bytes` of them are speech, the rest fills up the last frame. */
export interface Piece {
  readonly number: number;
  readonly audio: Buffer;
  readonly bytes: number;
}

/** Which content part of which item. */
export type SpeechPart = Pick<PlayedItem, 'itemId' | 'contentIndex'>;

/** One content part of the model's speech. */
export interface PlayedItem {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  readonly number: number;
  /** Bytes handed to the carrier, in the session's format; padding is not counted. */
  readonly sentBytes: number;
  readonly sentMs: number;
  /** Bytes that wait to be handed over. */
  readonly queuedBytes: number;
  /** How much of it certainly has been heard. */
  readonly heardMs: number;
  /** When its beginning was, or will be, at the caller's ear. */
  readonly startsAtMs: number;
  /** It cannot have been there earlier, by when it was sent. */
  readonly soonestStartMs: number;
  /** The marks that have not come back, in their order. */
  readonly marks: readonly SentMark[];
  /** Where the last mark was sent. */
  readonly markedMs: number;
  /** Audio that does not fill a frame yet. */
  readonly rest: Buffer;
  /** No more audio is to come. */
  readonly isDone: boolean;
}

/** A mark within an item: where it stands, and when it could have been reached at the soonest. */
export interface SentMark {
  readonly atMs: number;
  readonly soonestMs: number;
}

/** Nothing has been said. */
export const silentPlayback: Playback = {
  serial: 0,
  begun: [],
  items: [],
  waiting: [],
  endsAtMs: 0,
  soonestEndMs: 0,
  roundTrip: unknownRoundTrip,
};

/** The item that a piece of audio continues, or a new one at the end. */
export function itemFor(
  playback: Playback,
  of: Pick<PlayedItem, 'responseId' | 'itemId' | 'contentIndex'>,
): { readonly playback: Playback; readonly item: PlayedItem } {
  const known = playback.items.find((item) => item.itemId === of.itemId && item.contentIndex === of.contentIndex);
  if (known !== undefined) return { playback, item: known };
  const number = playback.serial + 1;
  const { responseId, itemId, contentIndex } = of;
  const never = { startsAtMs: 0, soonestStartMs: 0 };
  const none = { ...never, sentBytes: 0, sentMs: 0, queuedBytes: 0, heardMs: 0, marks: [], markedMs: 0 };
  const item: PlayedItem = { responseId, itemId, contentIndex, number, ...none, rest: Buffer.alloc(0), isDone: false };
  return { playback: { ...begin(playback, of), serial: number, items: [...playback.items, item] }, item };
}

/** Remembers a part of speech, of which something has come. */
export function begin(playback: Playback, part: SpeechPart): Playback {
  return { ...playback, begun: [...playback.begun, keyOf(part)].slice(-mostBegun) };
}

/** True for a part of speech of which something has come before. */
export function hasBegun(playback: Playback, part: SpeechPart): boolean {
  return playback.begun.includes(keyOf(part));
}

/** Changes some members of an item. */
export function change(playback: Playback, number: number, members: Partial<PlayedItem>): Playback {
  return {
    ...playback,
    items: playback.items.map((item) => (item.number === number ? { ...item, ...members } : item)),
  };
}

/** A piece of an item waits to be handed over, behind all others. */
export function queue(playback: Playback, piece: Piece): Playback {
  const item = playback.items.find(({ number }) => number === piece.number);
  const queuedBytes = (item?.queuedBytes ?? 0) + piece.bytes;
  return { ...change(playback, piece.number, { queuedBytes }), waiting: [...playback.waiting, piece] };
}

/** The first piece that waited has been handed to the carrier; its speech may end within a millisecond. */
export function sent(playback: Playback, { number, audio, bytes }: Piece, bytesPerMs: number, nowMs: number): Playback {
  const waiting = playback.waiting.slice(1);
  const item = playback.items.find((each) => each.number === number);
  if (item === undefined) return { ...playback, waiting };
  const beginsAtMs = Math.max(nowMs, playback.endsAtMs);
  const soonestMs = Math.max(nowMs, playback.soonestEndMs);
  const beforeMs = item.sentBytes / bytesPerMs;
  const sentBytes = item.sentBytes + bytes;
  const next = change(playback, number, {
    sentBytes,
    sentMs: Math.floor(sentBytes / bytesPerMs),
    queuedBytes: item.queuedBytes - bytes,
    // Where playing had stopped for want of audio, the whole item is as much later.
    startsAtMs: beginsAtMs - beforeMs,
    soonestStartMs: soonestMs - beforeMs,
  });
  const lengthMs = base64Length(audio) / bytesPerMs;
  return { ...next, waiting, endsAtMs: beginsAtMs + lengthMs, soonestEndMs: soonestMs + lengthMs };
}

/** A mark is sent behind all that was sent of an item. */
export function marked(playback: Playback, { number, sentMs: atMs, marks }: PlayedItem, nowMs: number): Playback {
  const mark: SentMark = { atMs, soonestMs: Math.max(nowMs, playback.soonestEndMs) };
  return change(playback, number, { markedMs: atMs, marks: [...marks, mark] });
}

/** True for an item of which nothing is to come or waits to be handed over. */
export function isWhole({ isDone, queuedBytes }: PlayedItem): boolean {
  return isDone && queuedBytes === 0;
}

/** Cuts playing off: what was sent and not heard is gone, and marks of it that still come back mean nothing. */
export function cut(playback: Playback, nowMs: number): Playback {
  return { ...playback, items: [], waiting: [], endsAtMs: nowMs, soonestEndMs: nowMs };
}

function keyOf({ itemId, contentIndex }: SpeechPart): string {
  return `${contentIndex}/${itemId}`;
}

/** More parts of speech than can be late at once. */
const mostBegun = 16;
