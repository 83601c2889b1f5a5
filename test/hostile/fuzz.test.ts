import { fuzz } from '../../scripts/fuzz/run';

/** A short run of `npm run fuzz`, the same one every time. */
describe('fuzzed frames', () => {
  const report = fuzz({ frames: 8_000, seed: 20_261_122, maxMs: Infinity });

  it('break no rule, in either direction', () => {
    expect(report.violations).toEqual([]);
    expect(report.frames.client).toBeGreaterThanOrEqual(8_000);
    expect(report.frames.upstream).toBeGreaterThanOrEqual(8_000);
  });

  it('come in every phase, in every way, to every end', () => {
    expect([...report.phases.keys()].sort()).toEqual(['ended', 'live', 'opening']);
    expect([...report.outcomes.client.keys()]).toEqual(
      expect.arrayContaining([
        'passed as it came',
        'passed, rebuilt',
        'kept for later',
        'answered by the relay',
        'refused: invalid_json',
        'refused: event_not_allowed',
        'refused: invalid_value',
        'refused: conversation_already_has_active_response',
      ]),
    );
    expect([...report.outcomes.upstream.keys()]).toEqual(
      expect.arrayContaining(['passed as it came', 'shown, rebuilt', 'kept from the client', 'ran a tool']),
    );
  });

  it('are the same for the same seed', () => {
    const { elapsedMs: _first, ...first } = fuzz({ frames: 500, seed: 7, maxMs: Infinity });
    const { elapsedMs: _second, ...second } = fuzz({ frames: 500, seed: 7, maxMs: Infinity });
    expect(first).toEqual(second);
    const { elapsedMs: _third, ...third } = fuzz({ frames: 500, seed: 8, maxMs: Infinity });
    expect(first).not.toEqual(third);
  });

  it('stop when their time is over', () => {
    expect(fuzz({ frames: 1_000_000, seed: 1, maxMs: 0 }).sessions).toBe(0);
  });
});
