import fc from 'fast-check';
import { decide, type LoadPlan, shareOf } from '../../../replay/load/plan';

const steady: LoadPlan = { kind: 'steady', sessions: 4, rampMs: 1_000, durationMs: undefined };
const rated: LoadPlan = { kind: 'rate', perSecond: 2, durationMs: 3_000, maxSessions: 2 };

describe('a number of sessions at once', () => {
  it('is reached evenly over the ramp', () => {
    expect(decide(steady, { elapsedMs: 0, decided: 0, held: 0 })).toEqual({ kind: 'start', dueMs: 0 });
    expect(decide(steady, { elapsedMs: 1, decided: 1, held: 1 })).toEqual({ kind: 'wait', untilMs: 250 });
    expect(decide(steady, { elapsedMs: 760, decided: 3, held: 1 })).toEqual({ kind: 'start', dueMs: 750 });
  });

  it('is played once without a duration', () => {
    expect(decide(steady, { elapsedMs: 900, decided: 4, held: 0 })).toEqual({ kind: 'done' });
  });

  it('is kept up for a duration', () => {
    const plan = { ...steady, durationMs: 5_000 };
    expect(decide(plan, { elapsedMs: 2_000, decided: 4, held: 4 })).toEqual({ kind: 'wait', untilMs: 5_000 });
    expect(decide(plan, { elapsedMs: 2_000, decided: 4, held: 3 })).toEqual({ kind: 'start', dueMs: 2_000 });
    expect(decide(plan, { elapsedMs: 5_000, decided: 4, held: 3 })).toEqual({ kind: 'done' });
  });
});

describe('a rate', () => {
  it('starts sessions however many are on, up to a limit, and passes over what would be too many', () => {
    expect(decide(rated, { elapsedMs: 400, decided: 1, held: 1 })).toEqual({ kind: 'wait', untilMs: 500 });
    expect(decide(rated, { elapsedMs: 800, decided: 1, held: 1 })).toEqual({ kind: 'start', dueMs: 500 });
    expect(decide(rated, { elapsedMs: 1_000, decided: 2, held: 2 })).toEqual({ kind: 'pass_over' });
    expect(decide(rated, { elapsedMs: 1_000, decided: 6, held: 0 })).toEqual({ kind: 'done' });
  });
});

it('the shares of all workers are the whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 16 }), (sessions, workers) => {
      const shares = Array.from({ length: workers }, (_, worker) => shareOf({ ...steady, sessions }, worker, workers));
      expect(shares.reduce((sum, share) => sum + (share.kind === 'steady' ? share.sessions : NaN), 0)).toBe(sessions);
    }),
  );
});
