import fc from 'fast-check';
import { PlayQueue } from '../../../../web/client/audio/play-queue';

const quantum = 128;
const pull = (queue: PlayQueue, count = quantum) => {
  const out = new Float32Array(count);
  queue.pull(out);
  return [...out];
};
const ones = (count: number, value = 1) => new Float32Array(count).fill(value);

describe('what waits to be played', () => {
  it('comes out in order and without a gap, however it came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1 }), (sizes) => {
        const queue = new PlayQueue(0, 0);
        let next = 1;
        for (const size of sizes)
          queue.push(
            1,
            Float32Array.from({ length: size }, () => next++),
          );
        const out: number[] = [];
        while (!queue.isEmpty()) out.push(...pull(queue));
        expect(out.slice(0, next - 1)).toEqual(Array.from({ length: next - 1 }, (_, at) => at + 1));
        expect(out.slice(next - 1).every((sample) => sample === 0)).toBe(true);
      }),
    );
  });

  it('knows to the sample what has been played of each part', () => {
    const queue = new PlayQueue(0, 0);
    queue.push(1, ones(200));
    queue.push(2, ones(300));
    pull(queue);
    expect(queue.report()).toEqual([{ part: 1, frames: 128 }]);
    expect(queue.report()).toEqual([]);
    pull(queue);
    expect(queue.report()).toEqual([
      { part: 1, frames: 200 },
      { part: 2, frames: 56 },
    ]);
  });

  it('gathers a little before it begins, but not for longer than that would take to play', () => {
    const queue = new PlayQueue(256, 0);
    queue.push(1, ones(100));
    expect(pull(queue)).toEqual([...ones(quantum, 0)]);
    expect(pull(queue)).toEqual([...ones(quantum, 0)]);
    expect(pull(queue).slice(0, 100)).toEqual([...ones(100)]);
    queue.push(1, ones(256));
    expect(pull(queue)).toEqual([...ones(quantum)]);
  });

  it('falls silent in a moment, without a click, and counts what is heard of that', () => {
    const queue = new PlayQueue(0, 100);
    queue.push(1, ones(1_000));
    pull(queue);
    expect(queue.silence()).toEqual([{ part: 1, frames: 228 }]);
    const out = pull(queue);
    expect(out[0]).toBeCloseTo(0.99);
    expect(out[99]).toBe(0);
    expect(out.slice(100)).toEqual([...ones(28, 0)]);
    expect(queue.isEmpty()).toBe(true);
  });

  it('plays what comes after the silence', () => {
    const queue = new PlayQueue(0, 100);
    queue.push(1, ones(1_000));
    pull(queue);
    queue.silence();
    queue.push(2, ones(64, 0.5));
    expect(pull(queue).slice(100)).toEqual([...ones(28, 0.5)]);
    pull(queue);
    expect(queue.report()).toEqual([{ part: 2, frames: 64 }]);
  });

  it('counts nothing of what had not begun', () => {
    const queue = new PlayQueue(1_000, 100);
    queue.push(1, ones(500));
    pull(queue);
    expect(queue.silence()).toEqual([]);
  });
});
