import fc from 'fast-check';
import { didYouMean, nearest } from '../../../src/config/nearest';

const known = ['timeZone', 'tools', 'webhook', 'allowedOrigins', 'port', 'host'];

it.each([
  ['timezone', 'timeZone'],
  ['time_zone', 'timeZone'],
  ['TIMEZONE', 'timeZone'],
  ['webhok', 'webhook'],
  ['prot', 'port'],
  ['allowedOrigin', 'allowedOrigins'],
  ['temperature', undefined],
  ['x', undefined],
  ['', undefined],
])('%p is near %p', (name, expected) => {
  expect(nearest(name, known)).toBe(expected);
});

it('finds every name itself, and never fails', () => {
  for (const name of known) expect(nearest(name, known)).toBe(name);
  fc.assert(fc.property(fc.string(), (name) => typeof didYouMean(name, known) === 'string'));
});
