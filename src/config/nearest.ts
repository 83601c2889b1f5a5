/**
 * The known name a mistyped one most likely stands for, or undefined where none is near: two letters or a third of them
 * may differ, in very short names one. Upper and lower case, `_` and `-` are not told apart.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= allowedDistance(wanted.length) ? best.candidate : undefined;
}

/** ` (did you mean "x"?)` for a near name, otherwise nothing; made to be appended to a message. */
export function didYouMean(name: string, known: readonly string[]): string {
  const candidate = nearest(name, known);
  return candidate === undefined ? '' : ` (did you mean "${candidate}"?)`;
}

const allowedDistance = (length: number) => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)));

const plain = (name: string) => name.toLowerCase().replace(/[_-]/g, '').slice(0, 64);

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
