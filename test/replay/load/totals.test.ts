import { BeatCollector } from '../../../replay/load/beat';
import { figuresOf } from '../../../replay/load/histogram';
import { Totals } from '../../../replay/load/totals';

/** What a worker tells of a second in which these times were measured. */
function beat(second: number, held: number, ...pings: number[]) {
  const collector = new BeatCollector();
  for (const ms of pings) collector.measured('ping', ms);
  return collector.take({ second, held, busy: held / 10 });
}

describe('totals', () => {
  it('are those of all workers together, second by second', () => {
    const totals = new Totals();
    for (const each of [beat(0, 1, 10), beat(1, 2, 20), beat(0, 3, 30), beat(1, 4)]) totals.add(each);
    expect(totals.points()).toMatchObject([
      { second: 0, held: 4, busy: 0.3 },
      { second: 1, held: 6, busy: 0.4 },
    ]);
    expect(totals.points()[0]?.p99.ping).toBeCloseTo(30, 1);
    expect(totals.heldMost).toBe(6);
    expect(totals.percentile('ping', 50)).toBeCloseTo(20, 1);
    expect(totals.percentile('first_audio', 50)).toBeNaN();
  });

  it('count what became of sessions, and why', () => {
    const collector = new BeatCollector();
    collector.ended({ kind: 'completed', differences: [] });
    collector.ended({ kind: 'completed', differences: ['no audio came'] });
    collector.ended({ kind: 'failed', code: 'no_answer' });
    collector.ended({ kind: 'refused', code: 'http_429' });
    collector.ended({ kind: 'stopped' });
    const totals = new Totals();
    totals.add(collector.take({ second: 0, held: 0, busy: 0 }));
    expect(totals.counts).toMatchObject({ completed: 1, failed: 2, refused: 1, stopped: 1 });
    expect(Object.fromEntries(totals.errors)).toEqual({ no_answer: 1, http_429: 1 });
    expect(Object.fromEntries(totals.differences)).toEqual({ 'no audio came': 1 });
  });

  it('count no end of names under one', () => {
    const collector = new BeatCollector();
    for (let nth = 0; nth < 1_000; nth += 1) collector.erred(`code_${nth}`);
    const { errors } = collector.take({ second: 0, held: 0, busy: 0 });
    expect(Object.keys(errors)).toHaveLength(201);
    expect(errors['others']).toBe(800);
  });

  it('are exact to three digits, and bounded', () => {
    const collector = new BeatCollector();
    for (const ms of [0, 1.234, 999_999_999]) collector.measured('ping', ms);
    const times = collector.take({ second: 0, held: 0, busy: 0 }).times.get('ping');
    expect(times && figuresOf(times)).toMatchObject({ count: 3, p50: expect.closeTo(1.234, 2) as number });
    expect(times && figuresOf(times).max).toBeLessThan(121_000);
  });
});
