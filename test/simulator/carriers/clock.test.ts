import { realClock, VirtualClock } from '../../../simulator/carriers';

describe('a virtual clock', () => {
  it('runs what is due in the order of its time, and stands at that time meanwhile', async () => {
    const clock = new VirtualClock();
    const seen: [string, number][] = [];
    clock.at(30, () => seen.push(['late', clock.now()]));
    clock.at(10, () => {
      seen.push(['early', clock.now()]);
      clock.at(20, () => seen.push(['between', clock.now()]));
    });
    clock.at(10, () => seen.push(['second', clock.now()]));
    clock.at(31, () => seen.push(['too late', clock.now()]));
    await clock.advance(30);
    expect(seen).toEqual([
      ['early', 10],
      ['second', 10],
      ['between', 20],
      ['late', 30],
    ]);
    expect(clock.now()).toBe(30);
  });

  it('does not run what was called off', async () => {
    const clock = new VirtualClock();
    const run = jest.fn();
    clock.at(5, run)();
    await clock.advance(10);
    expect(run).not.toHaveBeenCalled();
  });
});

describe('a real clock', () => {
  it('can run faster than the world', async () => {
    const startedAt = performance.now();
    const clock = realClock(1000);
    await new Promise<void>((resolve) => clock.at(5_000, resolve));
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });
});
