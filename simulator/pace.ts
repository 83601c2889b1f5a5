import { setImmediate as yieldToOthers, setTimeout as sleep } from 'node:timers/promises';

/**
 * How fast the model speaks: as many times real time as given, after thinking for `thinkMs`; or `instant`, without any
 * waiting, but letting other work in between any two events.
 */
export type Pace = 'instant' | { readonly timesRealTime: number; readonly thinkMs: number };

/** About what is seen of OpenAI: a burst of ten times real time (protocol reference, section 7). */
export const DEFAULT_PACE: Pace = { timesRealTime: 10, thinkMs: 100 };

/** Between deltas that are not audio, in milliseconds of real speech; they come far faster than they are spoken. */
export const TEXT_DELTA_MS = 20;

/** How long to pause after so much speech, in milliseconds of the clock. */
export function pauseAfter(speechMs: number, pace: Pace): number {
  return pace === 'instant' ? 0 : speechMs / pace.timesRealTime;
}

/** Waits, or returns early when the signal says so. Never keeps the process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return yieldToOthers();
  try {
    await sleep(ms, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
