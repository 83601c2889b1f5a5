/**
 * The clock of `performance.now()` in whole milliseconds. A small whole number is kept within the object that remembers it,
 * any other beside it; for what is written with every message that is a difference.
 */
export function wholeMs(): number {
  return Math.trunc(performance.now());
}
