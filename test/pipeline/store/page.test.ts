import fc from 'fast-check';
import {
  isBefore,
  maxPageRecords,
  pageOf,
  pageSize,
  type Position,
  positionBefore,
  positionOf,
} from '../../../pipeline/store/page';
import { IntentCursorError, type IntentRecord } from '../../../pipeline/store/store';
import { records } from './support/records';

const text = fc.string({ unit: 'binary', maxLength: 6 });
const position: fc.Arbitrary<Position> = fc.tuple(
  fc.constantFrom('a', 'b', ''),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((ms) => ms + 0),
  fc.constantFrom('x', 'y'),
  text,
);

function recordAt([orgId, updatedAtMs, tool, intentId]: Position): IntentRecord {
  return { ...records.ACCEPTED, key: { orgId, tool, intentId }, updatedAtMs };
}

it('goes on from the place of the last record of a page, whatever its key holds', () => {
  fc.assert(
    fc.property(position, position, (first, second) => {
      const page = pageOf([recordAt(first), recordAt(second)], { limit: 1 });
      expect(page.records.map(positionOf)).toEqual([first]);
      expect(page.next).toBeDefined();
      expect(positionBefore(page.next === undefined ? {} : { after: page.next })).toEqual(first);
    }),
  );
});

it('has no next page where nothing was found beyond this one', () => {
  expect(pageOf([], { limit: 2 })).toEqual({ records: [] });
  expect(pageOf([records.ACCEPTED, records.ACCEPTED], { limit: 2 })).not.toHaveProperty('next');
});

it('refuses whatever is no place as a cursor, and throws nothing else', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.json().map((json) => Buffer.from(json).toString('base64url')),
      ),
      (after) => {
        expect(() => positionBefore({ after })).toThrow(IntentCursorError);
      },
    ),
  );
});

it('orders places strictly: of two different ones exactly one is first', () => {
  fc.assert(
    fc.property(position, position, (one, other) => {
      const isSame = one.every((member, index) => member === other[index]);
      expect([isBefore(one, other), isBefore(other, one)].filter(Boolean)).toHaveLength(isSame ? 0 : 1);
    }),
  );
});

it.each([
  [1, 1],
  [0, 1],
  [-3, 1],
  [2.9, 2],
  [maxPageRecords + 1, maxPageRecords],
  [Infinity, maxPageRecords],
  [NaN, 1],
])('makes of a limit of %p a page of %p', (limit, size) => {
  expect(pageSize({ limit })).toBe(size);
});
