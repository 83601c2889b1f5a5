/** What the caller has said while the session was not ready, oldest first. */
export interface Held {
  readonly frames: readonly HeldFrame[];
  readonly ms: number;
}

/** One `input_audio_buffer.append`, and how long its audio is. */
export interface HeldFrame {
  readonly data: Buffer;
  readonly ms: number;
}

/** Nothing has been said. */
export const nothingHeld: Held = { frames: [], ms: 0 };

/**
 * Keeps one more frame and lets the oldest go beyond `maxMs`. A caller goes on speaking whether or not anybody reads, so
 * what was said last matters most.
 */
export function hold(held: Held, frame: HeldFrame, maxMs: number): { readonly held: Held; readonly dropped: number } {
  let ms = held.ms + frame.ms;
  let dropped = 0;
  for (const { ms: oldestMs } of held.frames) {
    if (ms <= maxMs) break;
    ms -= oldestMs;
    dropped += 1;
  }
  return { held: { frames: [...held.frames.slice(dropped), frame], ms }, dropped };
}
