import fc from 'fast-check';
import { maxPrintedCharacters, printable, printableName } from '../../pipeline/printable';

it('writes a value as JSON', () => {
  expect(printable({ a: ['x', 1, null] })).toBe('{"a":["x",1,null]}');
  expect(printable(undefined)).toBe('undefined');
});

it('escapes what does not print', () => {
  expect(printable('a\u202eb\u2028\u0085')).toBe('"a\\u202eb\\u2028\\u0085"');
  expect(printableName('a\r\nb')).toBe('a\\u000d\\u000ab');
});

it('is short, printable and whole characters, whatever the value', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.anything()), (value) => {
      const text = printable(value);
      expect(text.length).toBeLessThanOrEqual(maxPrintedCharacters);
      expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(text.isWellFormed()).toBe(true);
    }),
  );
});
