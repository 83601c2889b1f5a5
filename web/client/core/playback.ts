import { type PartName } from './server-event';

/**
 * What the user is being played: which audio came, and how much of it has been played. The speaker plays what it is given
 * in order and without a gap, and tells how far it is; nothing here is guessed from a clock.
 */
export interface Playback {
  /** How many parts there have been. Each has a number, by which the speaker knows it. */
  readonly serial: number;
  /** The parts that began last, whatever became of them. */
  readonly begun: readonly string[];
  /** Parts of which something may still be to play, in the order of playing. */
  readonly parts: readonly PlayedPart[];
}

/** One content part of what the assistant says. */
export interface PlayedPart extends PartName {
  readonly number: number;
  readonly responseId: string;
  /** Samples at 24 kHz. */
  readonly receivedSamples: number;
  readonly playedMs: number;
  /** No more audio is to come. */
  readonly isDone: boolean;
}

/** How far the speaker is in a part. */
export interface PlayedSoFar {
  readonly part: number;
  readonly playedMs: number;
  /** Everything the speaker was given of it has been played. */
  readonly isAll: boolean;
}

/** Nothing has been said. */
export const silentPlayback: Playback = { serial: 0, begun: [], parts: [] };

/** Audio has come: it continues its part, or begins one, and with that ends those before. */
export function receive(
  playback: Playback,
  { itemId, contentIndex }: PartName,
  responseId: string,
  samples: number,
): { readonly playback: Playback; readonly number: number } {
  const begun = begin(playback, { itemId, contentIndex });
  const known = playback.parts.find((part) => part.itemId === itemId && part.contentIndex === contentIndex);
  const number = known?.number ?? playback.serial + 1;
  const none = { itemId, contentIndex, number, responseId, receivedSamples: 0, playedMs: 0, isDone: false };
  const part = { ...(known ?? none), receivedSamples: (known?.receivedSamples ?? 0) + samples };
  const others = begun.parts.filter((other) => other.number !== number);
  const parts = [...others.map((other) => ({ ...other, isDone: true })), part].sort((a, b) => a.number - b.number);
  return { playback: { ...begun, serial: Math.max(begun.serial, number), parts }, number };
}

/** Remembers a part of which something has come. */
export function begin(playback: Playback, part: PartName): Playback {
  return hasBegun(playback, part)
    ? playback
    : { ...playback, begun: [...playback.begun, keyOf(part)].slice(-mostBegun) };
}

/** True for a part of which something has come before. */
export function hasBegun(playback: Playback, part: PartName): boolean {
  return playback.begun.includes(keyOf(part));
}

/** No more audio of these parts is to come. */
export function finish(playback: Playback, which: (part: PlayedPart) => boolean): Playback {
  return settle({ ...playback, parts: playback.parts.map((part) => (which(part) ? { ...part, isDone: true } : part)) });
}

/** The speaker tells how far it is. */
export function played(playback: Playback, report: readonly PlayedSoFar[]): Playback {
  return settle({ ...playback, parts: playback.parts.map((part) => advance(part, report)) });
}

/** Playing is cut off: nothing of these parts is to come. */
export function cut(playback: Playback): Playback {
  return { ...playback, parts: [] };
}

/** What a report says of a part; never more than was received. */
export function advance(part: PlayedPart, report: readonly PlayedSoFar[]): PlayedPart {
  const told = report.find(({ part: number }) => number === part.number);
  if (told === undefined) return part;
  const playedMs = told.isAll ? receivedMs(part) : Math.min(told.playedMs, receivedMs(part));
  return { ...part, playedMs: Math.max(part.playedMs, playedMs) };
}

/** Milliseconds that were received of a part. */
export function receivedMs({ receivedSamples }: PlayedPart): number {
  return receivedSamples / samplesPerMs;
}

/** True where the whole of a part has been heard. */
export function isHeard(part: PlayedPart): boolean {
  return part.isDone && part.playedMs >= receivedMs(part);
}

/** Lets go of what has been heard. */
function settle(playback: Playback): Playback {
  return { ...playback, parts: playback.parts.filter((part) => !isHeard(part)) };
}

function keyOf({ itemId, contentIndex }: PartName): string {
  return `${contentIndex}/${itemId}`;
}

/** 24 kHz. */
const samplesPerMs = 24;

/** More parts than can be late at once. */
const mostBegun = 16;
