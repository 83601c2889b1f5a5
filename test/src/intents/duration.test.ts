import { duration, durationText } from '../../../src/intents/duration';

it.each([
  ['0s', 0],
  ['30s', 30_000],
  ['10m', 600_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
])('reads %s', (text, ms) => {
  expect(duration.parse(text)).toBe(ms);
});

it.each(['', '5', 'm', '-5m', '1.5h', '1w', '5 m', '5M', '5mm', '1h30m', '1234567s', '٣m'])(
  'does not read %j',
  (text) => {
    expect(duration.safeParse(text).success).toBe(false);
  },
);

it.each([
  [0, '0s'],
  [999, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_723_000, '1h 2m'],
  [3_600_000, '1h'],
  [190_000_000, '2d 4h'],
])('writes %i ms', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
