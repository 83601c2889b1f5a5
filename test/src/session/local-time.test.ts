import { localTime, nextOffsetChange } from '../../../src/session/local-time';

const at = (iso: string) => new Date(iso);

it.each([
  ['2024-12-20T15:04:00Z', 'UTC', 'Friday, 20 December 2024, 15:04', '+00:00'],
  ['2024-12-20T14:04:00Z', 'Europe/Berlin', 'Friday, 20 December 2024, 15:04', '+01:00'],
  ['2024-07-20T13:04:00Z', 'Europe/Berlin', 'Saturday, 20 July 2024, 15:04', '+02:00'],
  ['2024-12-20T23:30:00Z', 'America/New_York', 'Friday, 20 December 2024, 18:30', '-05:00'],
  ['2024-12-20T23:30:00Z', 'Asia/Kolkata', 'Saturday, 21 December 2024, 05:00', '+05:30'],
  ['2024-12-20T00:00:00Z', 'Europe/Berlin', 'Friday, 20 December 2024, 01:00', '+01:00'],
  ['2024-12-19T23:10:00Z', 'Europe/Berlin', 'Friday, 20 December 2024, 00:10', '+01:00'],
  ['2025-03-30T00:59:59Z', 'Europe/Berlin', 'Sunday, 30 March 2025, 01:59', '+01:00'],
  ['2025-03-30T01:00:00Z', 'Europe/Berlin', 'Sunday, 30 March 2025, 03:00', '+02:00'],
])('%s in %s is %s, UTC%s', (iso, zone, text, offset) => {
  expect(localTime(at(iso), zone)).toEqual({ text, offset });
});

it('says from which day on the clocks are changed', () => {
  expect(nextOffsetChange(at('2025-02-01T12:00:00Z'), 'Europe/Berlin')).toEqual({
    text: '30 March 2025',
    offset: '+02:00',
  });
  expect(nextOffsetChange(at('2025-03-30T00:30:00Z'), 'Europe/Berlin')).toEqual({
    text: '30 March 2025',
    offset: '+02:00',
  });
  expect(nextOffsetChange(at('2025-09-01T12:00:00Z'), 'America/New_York')).toEqual({
    text: '2 November 2025',
    offset: '-05:00',
  });
  expect(nextOffsetChange(at('2025-02-01T12:00:00Z'), 'Asia/Kolkata')).toBeUndefined();
});
