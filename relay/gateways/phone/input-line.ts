import { type PhoneLimits } from './limits';

/**
 * Where the caller's audio stands on its own timeline. Carriers leave silence out; the timestamps of what they do send
 * tell how much, and the model's turn detection needs it (telephony reference, section 1).
 */
export interface InputLine {
  readonly first: { readonly timestampMs: number; readonly atMs: number } | null;
  /**
   * Where the audio that was passed on ends, on the timeline of the timestamps: where the next frame should begin. A frame
   * that comes early does not set it back, or timestamps that jump to and fro would each time be filled up.
   */
  readonly nextMs: number;
  /** When the last frame came, on the phone's clock. */
  readonly lastAtMs: number;
  /** Silence put in since then. */
  readonly filledMs: number;
}

/** What a frame is to the timeline. */
export type InputFrame =
  /** Silence of `gapMs` is missing before it. */
  | { readonly kind: 'taken'; readonly line: InputLine; readonly gapMs: number }
  /** It is from the future, or from long ago. */
  | { readonly kind: 'impossible' };

/** A line on which nothing has come. */
export function openLine(nowMs: number): InputLine {
  return { first: null, nextMs: 0, lastAtMs: nowMs, filledMs: 0 };
}

/** Takes a frame of `durationMs`. `timestampMs` is null where the carrier tells none: then nothing is known to be missing. */
export function takeFrame(
  line: InputLine,
  { timestampMs, durationMs }: { readonly timestampMs: number | null; readonly durationMs: number },
  nowMs: number,
  { burstMs, timestampSlackMs, silenceMs }: Pick<PhoneLimits, 'burstMs' | 'timestampSlackMs' | 'silenceMs'>,
): InputFrame {
  const arrived = { ...line, lastAtMs: nowMs, filledMs: 0 };
  if (timestampMs === null) return { kind: 'taken', line: arrived, gapMs: 0 };
  const endMs = timestampMs + durationMs;
  if (line.first === null) {
    const first = { timestampMs, atMs: nowMs };
    return { kind: 'taken', line: { ...arrived, first, nextMs: endMs }, gapMs: 0 };
  }
  const aheadMs = timestampMs - line.first.timestampMs - (nowMs - line.first.atMs);
  const behindMs = line.nextMs - endMs;
  if (aheadMs > burstMs || behindMs > timestampSlackMs) return { kind: 'impossible' };
  const missingMs = timestampMs - line.nextMs;
  const gapMs = missingMs < leastGapMs ? 0 : Math.max(0, Math.min(missingMs, silenceMs) - line.filledMs);
  const nextMs = missingMs >= 0 ? endMs : Math.min(line.nextMs + durationMs, endMs + mostSurplusMs);
  return { kind: 'taken', line: { ...arrived, nextMs }, gapMs };
}

/** Silence has been put in although no frame has come. */
export function filled(line: InputLine, ms: number): InputLine {
  return { ...line, filledMs: line.filledMs + ms };
}

/** Shorter gaps are clocks that tick unevenly, in milliseconds. */
const leastGapMs = 20;

/** How much more audio than time is remembered, in milliseconds; beyond it the timestamps are not to be trusted. */
const mostSurplusMs = 1000;
