import { longestHoldMs, RateHold } from '../../../pipeline/delivery/rate-hold';
import { Clock } from '../support/clock';

it('holds as long as it was asked', () => {
  const clock = new Clock();
  const hold = new RateHold(clock);
  expect(hold.leftMs()).toBe(0);
  hold.hold(2_000);
  expect(hold.leftMs()).toBe(2_000);
  clock.pass(1_999.5);
  expect(hold.leftMs()).toBe(1);
  clock.pass(1);
  expect(hold.leftMs()).toBe(0);
});

it('is not made shorter by a later, shorter wish', () => {
  const hold = new RateHold(new Clock());
  hold.hold(5_000);
  hold.hold(1_000);
  expect(hold.leftMs()).toBe(5_000);
});

it('heeds a wish for a minute at most', () => {
  const hold = new RateHold(new Clock());
  hold.hold(999_999_999_000);
  expect(hold.leftMs()).toBe(longestHoldMs);
});
