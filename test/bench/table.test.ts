import { table } from '../../bench/report/table';

const figure = { name: 'ratio', unit: '×', values: [1, 3, 2] } as const;

it.each([
  [{}, ''],
  [{ atMost: 2 }, 'at most 2.00: holds'],
  [{ atMost: 1.9 }, 'at most 1.90: MISSED'],
  [{ atLeast: 2 }, 'at least 2.00: holds'],
  [{ atLeast: 2.1 }, 'at least 2.10: MISSED'],
])('says of a median of 2 that is to be %j: %s', (target, verdict) => {
  expect(table('title', [{ ...figure, ...target }])).toBe(
    `title\n  ratio  2.00 ×  (1.00 to 3.00)  ${verdict}`.trimEnd(),
  );
});
