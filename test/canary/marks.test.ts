import { found } from './marks';

const word = 'CANARY "x" / ü';
const marks = { it: word };

it.each<[string, string]>([
  ['itself', `before ${word} after`],
  ['JSON', JSON.stringify({ a: word })],
  ['JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: word }) })],
  ['a URL', `https://a.example/${encodeURIComponent(word)}?b`],
  ['hexadecimal', Buffer.from(`x${word}`).toString('hex')],
  ...[0, 1, 2, 3, 4].map((shift): [string, string] => [
    `base64 behind ${shift} bytes`,
    Buffer.from(`${'x'.repeat(shift)}${word} and more`).toString('base64'),
  ]),
  ['base64 for URLs', Buffer.from(`xy${word}`).toString('base64url')],
])('a mark is found in %s', (_where, text) => {
  expect(found(text, marks)).toEqual(['it']);
});

it('is not found where it is not', () => {
  expect(found('CANARY', marks)).toEqual([]);
});
