import { type PhoneLimits } from './limits';

/**
 * Where the caller's audio stands on its own timeline. Carriers leave silence out; the timestamps of what they do send
 * tell how much, and the model's turn detection needs it (telephony reference, section 1).
 *
 * Two accounts are kept on the timeline of the timestamps: how far the caller has come, and how far what was passed on has.
 * They part by little: a few milliseconds of clocks that tick unevenly, or silence put in for frames that were only late. The
 * difference is never forgotten, or it would add up over a call.
 */
export interface InputLine {
  readonly first: { readonly timestampMs: number; readonly atMs: number } | null;
  /** Where the latest frame ends. A frame that comes early does not set it back. */
  readonly endMs: number;
  /** Where the audio that was passed on ends, silence included. */
  readonly passedMs: number;
  /** When the last frame came, on the phone's clock. */
  readonly lastAtMs: number;
  /** Silence put in since then. */
  readonly filledMs: number;
}

/** A frame as its carrier dates it, and what is known while it comes. */
export interface ArrivedFrame {
  /** Null where the carrier tells none: then nothing is known to be missing. */
  readonly timestampMs: number | null;
  readonly durationMs: number;
  /** The model waits for the end of an utterance, and needs all the silence there is. */
  readonly isCallerSpeaking: boolean;
}

/** What a frame is to the timeline. */
export type InputFrame =
  /** Silence of `gapMs` is missing before it. */
  | { readonly kind: 'taken'; readonly line: InputLine; readonly gapMs: number }
  /** It is from the future, or from long ago. */
  | { readonly kind: 'impossible' };

/** A line on which nothing has come. */
export function openLine(nowMs: number): InputLine {
  return { first: null, endMs: 0, passedMs: 0, lastAtMs: nowMs, filledMs: 0 };
}

/** Takes a frame. */
export function takeFrame(
  line: InputLine,
  { timestampMs, durationMs, isCallerSpeaking }: ArrivedFrame,
  nowMs: number,
  { burstMs, timestampSlackMs, silenceMs }: Pick<PhoneLimits, 'burstMs' | 'timestampSlackMs' | 'silenceMs'>,
): InputFrame {
  const arrived = { ...line, lastAtMs: nowMs, filledMs: 0 };
  if (timestampMs === null) return { kind: 'taken', line: arrived, gapMs: 0 };
  const endMs = timestampMs + durationMs;
  if (line.first === null) {
    const first = { timestampMs, atMs: nowMs };
    return { kind: 'taken', line: { ...arrived, first, endMs, passedMs: endMs }, gapMs: 0 };
  }
  const aheadMs = timestampMs - line.first.timestampMs - (nowMs - line.first.atMs);
  if (aheadMs > burstMs || line.endMs - endMs > timestampSlackMs) return { kind: 'impossible' };
  const missingMs = timestampMs - line.passedMs;
  // What was put in too much is taken out of silence that nobody waits for, never out of the one that ends an utterance.
  const wantedMs = isCallerSpeaking ? Math.max(missingMs, timestampMs - line.endMs - line.filledMs) : missingMs;
  const mostMs = Math.max(0, silenceMs - line.filledMs);
  const gapMs = wantedMs < leastGapMs ? 0 : Math.min(wantedMs, mostMs);
  // Silence beyond the most there may be is spared for good.
  const passedMs = wantedMs > mostMs ? endMs : line.passedMs + gapMs + durationMs;
  return { kind: 'taken', line: { ...arrived, endMs: Math.max(line.endMs, endMs), passedMs }, gapMs };
}

/**
 * How much silence stands for frames that have not come, and has not been put in yet; a frame or two may only be late, and the
 * next one's timestamp will tell.
 */
export function silenceDue(line: InputLine, nowMs: number, { silenceMs }: Pick<PhoneLimits, 'silenceMs'>): number {
  return Math.max(0, Math.min(nowMs - line.lastAtMs - leastGapMs, silenceMs) - line.filledMs);
}

/** Silence has been put in although no frame has come. */
export function filled(line: InputLine, ms: number): InputLine {
  return { ...line, passedMs: line.passedMs + ms, filledMs: line.filledMs + ms };
}

/** Two frames, in milliseconds: less can be missing because clocks tick unevenly, or be under way. */
const leastGapMs = 40;
