import { pauseMs, retryAfterMs } from '../../../pipeline/delivery/retry';

it('pauses between 100 and 400 ms', () => {
  expect([0, 0.5, 0.999_999].map((random) => Math.round(pauseMs(() => random)))).toEqual([100, 250, 400]);
});

it.each([
  ['0', 0],
  ['120', 120_000],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 2_000],
  ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
])('reads Retry-After %j as %j', (header, waitMs) => {
  expect(retryAfterMs(header, Date.UTC(2015, 9, 21, 7, 27, 58))).toBe(waitMs);
});
