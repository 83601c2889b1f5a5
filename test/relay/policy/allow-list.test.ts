import { keep } from '../../../relay/policy/allow-list';

describe('keep', () => {
  it('keeps what is named, at every depth, in the order of the list', () => {
    const from = { z: 1, b: { keep: 'x', drop: 'y', deep: { keep: 1 } }, a: null, list: [1, 'x', null] };
    const kept = keep(from, { a: [], b: ['keep', 'deep'], list: [], missing: [] });
    expect(JSON.stringify(kept)).toBe('{"a":null,"b":{"keep":"x"},"list":[1,"x",null]}');
  });

  it('keeps a plain value where an object might stand, and no object where a plain value might', () => {
    expect(
      keep({ voice: 'marin', format: { type: 'x' }, list: [{ a: 1 }] }, { voice: ['id'], format: [], list: [] }),
    ).toEqual({
      voice: 'marin',
    });
  });

  it('lets a function rebuild a value', () => {
    expect(keep({ a: [1, 2] }, { a: (value) => (value as number[]).length })).toEqual({ a: 2 });
  });

  it('takes nothing from the prototype', () => {
    expect(keep({}, ['constructor', 'toString', '__proto__'])).toEqual({});
  });
});
