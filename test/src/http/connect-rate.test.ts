import { createConnectRate } from '../../../src/http/connect-rate';

it('allows an address its share of each second, and others theirs', () => {
  let now = 0;
  const rate = createConnectRate(2, () => now);
  expect([rate.allows('a'), rate.allows('a'), rate.allows('a'), rate.allows('b')]).toEqual([true, true, false, true]);
  now = 999;
  expect(rate.allows('a')).toBe(false);
  now = 1_000;
  expect([rate.allows('a'), rate.allows('a'), rate.allows('a')]).toEqual([true, true, false]);
});
