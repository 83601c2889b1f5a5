import fc from 'fast-check';
import {
  addItem,
  insertionPoint,
  isHidden,
  removeItem,
  visiblePrevious,
  type History,
  type HistoryItem,
} from '../../relay/history';

const item = (id: string): HistoryItem => ({ id, hidden: id.startsWith('h') });
const historyOf = (...ids: readonly string[]): History => ids.map(item);
const idsOf = (history: History) => history.map(({ id }) => id).join(' ');

describe('addItem', () => {
  it.each<[string, string | null | undefined, string]>([
    ['behind the item named', 'a', 'a n b'],
    ['first for null', null, 'n a b'],
    ['last when nothing is named', undefined, 'a b n'],
    ['last behind an unknown item', 'x', 'a b n'],
  ])('puts an item %s', (_, previous, expected) => {
    expect(idsOf(addItem(historyOf('a', 'b'), item('n'), previous))).toBe(expected);
  });

  it('moves an item that is there', () => {
    expect(idsOf(addItem(historyOf('a', 'b', 'c'), item('a'), 'b'))).toBe('b a c');
    expect(idsOf(addItem(historyOf('a', 'b', 'c'), item('c'), 'c'))).toBe('a b c');
  });
});

describe('visiblePrevious', () => {
  it.each<[string, string | null]>([
    ['a', 'a'],
    ['h1', 'a'],
    ['h2', 'a'],
    ['b', 'b'],
    ['unknown', 'b'],
  ])('names the last visible item up to %s: %s', (previous, expected) => {
    expect(visiblePrevious(historyOf('a', 'h1', 'h2', 'b', 'h3'), previous)).toBe(expected);
  });

  it('is null where nothing visible comes before', () => {
    expect(visiblePrevious(historyOf('h1', 'a'), 'h1')).toBeNull();
    expect(visiblePrevious([], 'unknown')).toBeNull();
  });
});

describe('insertionPoint', () => {
  it.each([
    ['a', 'h2'],
    ['b', 'b'],
    ['c', 'h3'],
    ['root', 'root'],
  ])('of %s is behind the hidden items that follow it: %s', (previous, expected) => {
    expect(insertionPoint(historyOf('a', 'h1', 'h2', 'b', 'c', 'h3'), previous)).toBe(expected);
  });

  it('puts an item where the client sees it directly behind the one it named', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[ah][0-9]$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(ids, fc.nat(), (all, pick) => {
        const history = historyOf(...all);
        const visible = history.filter(({ hidden }) => !hidden);
        const named = visible[pick % Math.max(1, visible.length)];
        if (named === undefined) return;
        const after = addItem(history, item('new'), insertionPoint(history, named.id));
        const seen = after.filter(({ hidden }) => !hidden).map(({ id }) => id);
        expect(seen[seen.indexOf(named.id) + 1]).toBe('new');
        expect(visiblePrevious(after.slice(0, -1), insertionPoint(history, named.id))).toBe(named.id);
      }),
    );
  });
});

it('knows which items are hidden until they are removed', () => {
  const history = historyOf('a', 'h');
  expect([isHidden(history, 'h'), isHidden(history, 'a'), isHidden(history, 'x')]).toEqual([true, false, false]);
  expect(idsOf(removeItem(history, 'a'))).toBe('h');
  expect(removeItem(history, 'x')).toEqual(history);
});
