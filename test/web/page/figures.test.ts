import { asClock, asSeconds, median } from '../../../web/page/figures';

describe('figures of a call', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [61_500, '1:01'],
    [3_600_000, '60:00'],
  ])('%d ms are %s on the clock', (ms, clock) => {
    expect(asClock(ms)).toBe(clock);
  });

  it('are seconds with one digit after the point', () => {
    expect([0, 649, 12_340].map(asSeconds)).toEqual(['0.0 s', '0.6 s', '12.3 s']);
  });

  it('have a middle, in whatever order they come', () => {
    expect(median([])).toBeUndefined();
    expect(median([700])).toBe(700);
    expect(median([900, 100, 500])).toBe(500);
    expect(median([400, 1_000, 200, 600])).toBe(500);
  });
});
