import fc from 'fast-check';
import { ServerClock } from '../../../../pipeline/store/redis/server-clock';

/** Later than anything a monotonic clock shows. */
const epochMs = 1_750_000_000_000;

describe("the server's clock as it is known here", () => {
  it('is never ahead of the server, however long replies take and however the clocks drift', () => {
    const reply = fc.record({
      pauseMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
      delayMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
    });
    const drift = fc.double({ min: -0.0005, max: 0.0005, noNaN: true });
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 20 }), drift, (replies, rate) => {
        let monotonicMs = 5_000;
        const serverMs = () => epochMs + monotonicMs * (1 + rate);
        const clock = new ServerClock(undefined, () => monotonicMs);
        for (const { pauseMs, delayMs } of replies) {
          const assumedMs = clock.nowMs();
          const answeredMs = serverMs();
          monotonicMs += delayMs;
          clock.heard(answeredMs, assumedMs);
          expect(clock.nowMs()).toBeLessThanOrEqual(serverMs());
          monotonicMs += pauseMs;
          expect(clock.nowMs()).toBeLessThanOrEqual(serverMs());
        }
      }),
    );
  });

  it('lags by no more than the quickest of the last replies took', () => {
    let monotonicMs = 0;
    const clock = new ServerClock(undefined, () => monotonicMs);
    for (const delayMs of [1, 400]) {
      const assumedMs = clock.nowMs();
      const answeredMs = epochMs + monotonicMs;
      monotonicMs += delayMs;
      clock.heard(answeredMs, assumedMs);
    }
    expect(epochMs + monotonicMs - clock.nowMs()).toBeLessThanOrEqual(2);
  });

  it('follows a clock that was set back, and one that was set forward', () => {
    let monotonicMs = 0;
    const clock = new ServerClock(undefined, () => monotonicMs);
    clock.heard(epochMs, 0);
    monotonicMs += 10;
    clock.heard(epochMs - 60_000, clock.nowMs());
    expect(clock.nowMs()).toBe(epochMs - 60_000);
    clock.heard(epochMs + 60_000, clock.nowMs());
    expect(clock.nowMs()).toBe(epochMs + 60_000);
  });

  it('begins with what is known of another server, or at the epoch', () => {
    const known = new ServerClock(undefined, () => 7);
    known.heard(epochMs, 0);
    expect(new ServerClock(known, () => 7).nowMs()).toBe(epochMs);
    expect(new ServerClock().nowMs()).toBe(0);
  });
});
