import fc from 'fast-check';
import { maxPauseMs, maxRetryAfterMs, maxSends, nextResendMs, nextTryMs } from '../../../pipeline/deferral/next-try';
import { type Step } from '../../../pipeline/store/store';

const random = (value: number) => ({ random: () => value });
const almostOne = 1 - 2 ** -53;

const unknown: Step = { state: 'UNKNOWN', atMs: 0, by: 'call', fence: 1 };

describe('the pause before what was not sent is tried again', () => {
  it('has a bound that doubles with every claim, up to ten minutes', () => {
    const bounds = [1, 2, 3, 9, 10, 11, 12, 1_000_000].map((claims) => nextTryMs(claims, random(almostOne)));
    expect(bounds).toEqual([1_000, 2_000, 4_000, 256_000, 512_000, maxPauseMs, maxPauseMs, maxPauseMs]);
  });

  it('is anywhere below that bound, and not before the receiver wants to be asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: almostOne, noNaN: true }),
        fc.nat(),
        (claims, value, retryAfterMs) => {
          const pauseMs = nextTryMs(claims, random(value), retryAfterMs);
          const leastMs = Math.min(retryAfterMs, maxRetryAfterMs);
          return Number.isInteger(pauseMs) && pauseMs >= leastMs && pauseMs <= leastMs + maxPauseMs;
        },
      ),
    );
    expect(nextTryMs(5, random(0))).toBe(0);
    expect(nextTryMs(1, random(0), Number.MAX_SAFE_INTEGER)).toBe(maxRetryAfterMs);
  });
});

describe('what may have arrived', () => {
  it('is not sent again by itself to a receiver that does not deduplicate', () => {
    expect(nextResendMs(undefined, [], random(0))).toBeUndefined();
    expect(nextResendMs({}, [], random(0))).toBeUndefined();
    expect(nextResendMs({ deduplicates: false }, [], random(0))).toBeUndefined();
  });

  it('is sent a bounded number of times in all to one that does, with ever longer pauses', () => {
    const pauses = [0, 1, 2, 3, 4, 5].map((unknowns) =>
      nextResendMs({ deduplicates: true }, Array<Step>(unknowns).fill(unknown), random(almostOne)),
    );
    expect(pauses).toEqual([2_000, 8_000, 32_000, 128_000, undefined, undefined]);
    expect(nextResendMs({ deduplicates: true }, [], random(0))).toBe(1_000);
    expect(maxSends).toBe(5);
  });
});
