import { levelOf } from '../../../../web/client/audio/level';

it('shows loudness as it seems: from nothing at -60 dB to 1 at the loudest', () => {
  expect([0, 0.0005, 0.001, 1, 2].map(levelOf)).toEqual([0, 0, 0, 1, 1]);
  expect(levelOf(10 ** (-30 / 20))).toBeCloseTo(0.5);
});
