import fc from 'fast-check';
import { judge, limitOf, nextTrial, type Trial } from '../../../replay/load/find-limit';
import { BeatCollector } from '../../../replay/load/beat';
import { judgeGenerator } from '../../../replay/load/generator';
import type { LoadResult } from '../../../replay/load/load';
import { Totals } from '../../../replay/load/totals';

const bounds = { withinMs: 100, failedShare: 0.01 };

/** Tries until the limit is known, on a server that holds so many. */
function search(holds: number, first = 10, most = 100_000): Trial[] {
  const trials: Trial[] = [];
  for (
    let sessions = nextTrial(trials, first, most);
    sessions !== undefined;
    sessions = nextTrial(trials, first, most)
  ) {
    trials.push({ sessions, verdict: sessions <= holds ? { kind: 'held' } : { kind: 'too_many', why: '' } });
  }
  return trials;
}

function resultOf(about: { failed?: number; firstAudioMs?: number; latenessMs?: number; busy?: number }): LoadResult {
  const { failed = 0, firstAudioMs = 200, latenessMs = 1, busy = 0.1 } = about;
  const collector = new BeatCollector();
  for (let nth = 0; nth < 100; nth += 1) {
    collector.count('started');
    collector.measured('first_audio', firstAudioMs);
    collector.ended(nth < failed ? { kind: 'failed', code: 'no_answer' } : { kind: 'completed', differences: [] });
  }
  const totals = new Totals();
  totals.add(collector.take({ second: 0, held: 100, busy }));
  return { totals, seconds: 1, generator: judgeGenerator(totals.points(), latenessMs, 0.1) };
}

describe('the search for a limit', () => {
  it('finds it within a tenth, in few tries', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (holds) => {
        const trials = search(holds);
        const limit = limitOf(trials);
        expect(limit).toBeLessThanOrEqual(holds);
        expect(holds - limit).toBeLessThanOrEqual(Math.max(1, Math.round(limit / 10)));
        expect(trials.length).toBeLessThan(25);
      }),
    );
  });

  it('ends where not even one is held, and where more cannot be tried', () => {
    expect(limitOf(search(0))).toBe(0);
    expect(search(1_000, 10, 40).map(({ sessions }) => sessions)).toEqual([10, 20, 40]);
  });
});

describe('a try', () => {
  const first = resultOf({});

  it('holds where all goes as it did at first', () => {
    expect(judge(resultOf({ failed: 1, firstAudioMs: 290 }), first, bounds)).toEqual({ kind: 'held' });
  });

  it('is too much where sessions fail', () => {
    expect(judge(resultOf({ failed: 2 }), first, bounds)).toEqual({
      kind: 'too_many',
      why: '2 of 100 sessions failed',
    });
  });

  it('is too much where answers come later than allowed', () => {
    expect(judge(resultOf({ firstAudioMs: 310 }), first, bounds)).toMatchObject({ kind: 'too_many' });
  });

  it.each([{ latenessMs: 30 }, { busy: 0.95 }])(
    'says nothing of the server where the generator was the bottleneck: %o',
    (about) => {
      expect(judge(resultOf({ firstAudioMs: 900, ...about }), first, bounds)).toMatchObject({ kind: 'generator' });
    },
  );
});
