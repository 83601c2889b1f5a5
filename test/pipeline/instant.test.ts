import fc from 'fast-check';
import { parseInstant } from '../../pipeline/instant';

it.each([
  ['2024-12-20T15:00:00+01:00', '2024-12-20T14:00:00Z'],
  ['2024-12-20T15:00Z', '2024-12-20T15:00:00Z'],
  ['2024-12-20t15:00:00z', '2024-12-20T15:00:00Z'],
  ['2024-12-20T15:00:00.999-00:00', '2024-12-20T15:00:00Z'],
  ['2024-12-31T23:30:00-05:30', '2025-01-01T05:00:00Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00Z'],
  ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59Z'],
])('reads %s as %s', (text, utc) => {
  expect(parseInstant(text)?.utc).toBe(utc);
});

it.each([
  ['tomorrow at three'],
  ['2024-12-20'],
  ['2024-12-20T15:00:00'],
  ['2024-12-20 15:00:00Z'],
  ['2024-12-20T15Z'],
  ['2024-12-20T15:00:00.Z'],
  ['2024-12-20T15:00:00+0100'],
  ['2024-12-20T15:00:00+24:00'],
  ['2024-12-20T15:00:00+01:60'],
  ['2024-02-30T15:00:00Z'],
  ['2023-02-29T15:00:00Z'],
  ['2024-13-01T15:00:00Z'],
  ['2024-00-01T15:00:00Z'],
  ['2024-12-20T24:00:00Z'],
  ['2024-12-20T15:60:00Z'],
  ['2016-12-31T23:59:60Z'],
  ['0000-01-01T00:00:00Z'],
  ['0001-01-01T00:00:00+01:00'],
  ['9999-12-31T23:59:59-01:00'],
  [' 2024-12-20T15:00:00Z'],
  ['2024-12-20T15:00:00Z\n'],
  ['２０２４-12-20T15:00:00Z'],
])('refuses %j', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

it('keeps the fraction for comparing', () => {
  const [first, second] = ['2024-12-20T15:00:00.25Z', '2024-12-20T15:00:00.75Z'].map(parseInstant);
  expect((second?.epochSeconds ?? 0) - (first?.epochSeconds ?? 0)).toBe(0.5);
});

it('is the same moment under any offset', () => {
  const moment = fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });
  const offsetMinutes = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
  fc.assert(
    fc.property(moment, offsetMinutes, (date, offset) => {
      const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
      const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
      const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
      expect(parseInstant(local + zone)?.utc).toBe(`${date.toISOString().slice(0, 19)}Z`);
    }),
  );
});

it('never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseInstant(text)));
});
