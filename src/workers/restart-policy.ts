/** What is remembered of a worker that ended, to know when the next one is to be started in its place. */
export interface RestartHistory {
  /** How often in a row it ended before it had run for `steadyMs`. */
  readonly failures: number;
}

export const noFailures: RestartHistory = { failures: 0 };

/** The pause before a worker is started again, in milliseconds: it doubles with every failure, from the first to the longest. */
export const firstPauseMs = 100;
export const longestPauseMs = 30_000;

/** Milliseconds after which a worker that ends has not failed to start, but met with an accident. */
export const steadyMs = 60_000;

/** When to start another one in the place of a worker that ended after `ranMs` milliseconds. */
export function nextStart(
  { failures }: RestartHistory,
  ranMs: number,
): { readonly pauseMs: number; readonly history: RestartHistory } {
  const before = ranMs >= steadyMs ? 0 : failures;
  return {
    pauseMs: Math.min(longestPauseMs, firstPauseMs * 2 ** before),
    history: { failures: before + 1 },
  };
}
