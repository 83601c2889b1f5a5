import {
  firstPauseMs,
  longestPauseMs,
  nextStart,
  noFailures,
  type RestartHistory,
  steadyMs,
} from '../../../src/workers/restart-policy';

/** The pauses after workers that ran for so long, one after the other. */
function pausesAfter(...ranMs: number[]): number[] {
  let history: RestartHistory = noFailures;
  return ranMs.map((ms) => {
    const next = nextStart(history, ms);
    history = next.history;
    return next.pauseMs;
  });
}

it('a worker that ends again and again is started after pauses that double', () => {
  expect(pausesAfter(0, 0, steadyMs - 1, 0)).toEqual([1, 2, 4, 8].map((times) => times * firstPauseMs));
});

it('no pause is longer than the longest', () => {
  expect(pausesAfter(...Array.from({ length: 2_000 }, () => 0)).at(-1)).toBe(longestPauseMs);
});

it('a worker that has run a while is started as if it were the first that ended', () => {
  expect(pausesAfter(0, 0, 0, steadyMs, 0).slice(3)).toEqual([firstPauseMs, 2 * firstPauseMs]);
});
