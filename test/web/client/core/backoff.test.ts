import { delayMs } from '../../../../web/client/core/backoff';

const backoff = { maxAttempts: 6, firstDelayMs: 500, maxDelayMs: 10_000 };

describe('waiting before a try', () => {
  it('doubles up to a limit', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((failures) => delayMs(backoff, failures, 1))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
  });

  it('leaves up to half of it to chance', () => {
    expect([0, 0.5, 1].map((chance) => delayMs(backoff, 2, chance))).toEqual([500, 750, 1_000]);
  });

  it('is never shorter than asked for, and never longer than anybody waits', () => {
    expect(delayMs(backoff, 1, 1, 7_000)).toBe(7_000);
    expect(delayMs(backoff, 6, 1, 7_000)).toBe(10_000);
    expect(delayMs(backoff, 1, 1, 600_000)).toBe(30_000);
  });
});
