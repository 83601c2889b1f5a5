import fc from 'fast-check';
import { type Clock, VirtualClock } from '../../../simulator/carriers';
import { Link } from '../../../simulator/carriers/link';
import { seededRandom } from '../../../simulator/carriers/random';

describe('a link', () => {
  it('delivers at once without latency', () => {
    const seen: number[] = [];
    new Link(new VirtualClock(), {}, seededRandom(1)).send(() => seen.push(1));
    expect(seen).toEqual([1]);
  });

  it('keeps the order under jitter, and everything within the bounds of the last one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 200 }), async (seed, jitterMs) => {
        const clock = new VirtualClock();
        const link = new Link(clock, { latencyMs: 40, jitterMs }, seededRandom(seed));
        const seen: { message: number; atMs: number }[] = [];
        for (let message = 0; message < 20; message += 1) {
          link.send(() => seen.push({ message, atMs: clock.now() }));
          await clock.advance(20);
        }
        await clock.advance(40 + jitterMs);
        expect(seen.map(({ message }) => message)).toEqual(Array.from({ length: 20 }, (_, message) => message));
        for (const { message, atMs } of seen) {
          expect(atMs - message * 20).toBeGreaterThanOrEqual(40);
          expect(atMs - message * 20).toBeLessThanOrEqual(40 + jitterMs);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('keeps the order also where alarms for one moment go off in another', () => {
    const alarms: (() => void)[] = [];
    const clock: Clock = {
      now: () => 0,
      at: (_atMs, run) => {
        alarms.unshift(run);
        return () => undefined;
      },
    };
    const link = new Link(clock, { latencyMs: 10 }, seededRandom(1));
    const seen: number[] = [];
    for (const message of [1, 2, 3]) link.send(() => seen.push(message));
    for (const goOff of alarms) goOff();
    expect(seen).toEqual([1, 2, 3]);
  });

  it('lets a frame be overtaken by one, and loses none', () => {
    const link = new Link(new VirtualClock(), { reordered: 0.5 }, seededRandom(3));
    const seen: number[] = [];
    for (let frame = 0; frame < 100; frame += 1) link.sendUnordered(() => seen.push(frame));
    link.send(() => seen.push(100));
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, frame) => frame));
    expect(seen.filter((frame, place) => frame !== place).length).toBeGreaterThan(10);
    for (const [place, frame] of seen.entries()) expect(Math.abs(frame - place)).toBeLessThanOrEqual(1);
  });

  it('forgets what is under way when it is cut', async () => {
    const clock = new VirtualClock();
    const link = new Link(clock, { latencyMs: 10 }, seededRandom(1));
    const arrive = jest.fn();
    link.send(arrive);
    link.cut();
    await clock.advance(20);
    expect(arrive).not.toHaveBeenCalled();
  });
});
