import { fingerprint, intentId } from '../../pipeline/intent';

it('is the first 16 hexadecimal digits of SHA-256 over the joined fields', () => {
  const fields = ['Demo', '2024-12-20T14:00:00Z', '2024-12-20T15:00:00Z', 'user@example.com'];
  expect(intentId(fields)).toBe('d18ac5debf0904d4');
});

it('is the same for composed and decomposed text', () => {
  expect(intentId(['Caf\u00e9'])).toBe(intentId(['Cafe\u0301']));
});

it('refuses half a character', () => {
  expect(() => intentId(['\ud800'])).toThrow(TypeError);
});

it('fingerprints the canonical form', () => {
  const expected = '9488dd13ca33d3291f5a91a1833dfa164811755ffba538c2b340780f8c31a0cb';
  expect(fingerprint({ b: [true, null, 'é'], a: 1 })).toBe(expected);
  expect(fingerprint({ a: 1.0, b: [true, null, 'e\u0301'] })).toBe(expected);
  expect(fingerprint({ a: 2, b: [true, null, 'é'] })).not.toBe(expected);
});
