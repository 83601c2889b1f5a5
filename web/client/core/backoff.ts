/** How long to wait before the next try. */
export interface Backoff {
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Milliseconds to wait before a try: doubling from `firstDelayMs` up to `maxDelayMs`, half of it left to chance so that many
 * pages do not come back at once; never less than what the relay has asked for (`Retry-After`).
 *
 * @param failures Tries that have failed in a row, from 1.
 * @param chance From 0 to 1.
 */
export function delayMs(backoff: Backoff, failures: number, chance: number, askedForMs = 0): number {
  const fullMs = Math.min(backoff.maxDelayMs, backoff.firstDelayMs * 2 ** Math.max(0, failures - 1));
  return Math.max(Math.round(fullMs * (0.5 + chance / 2)), Math.min(askedForMs, longestAskedMs));
}

/** Nobody waits in front of a page for longer, whatever the relay asks for. */
const longestAskedMs = 30_000;
