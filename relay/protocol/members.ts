import { backslash, brace, colon, comma, isPlainAscii, isSpace, quote, skipSpace, startsWith } from './bytes';

/**
 * Called for each member of an object with where its key stands (between its quotes) and its value (a string with its
 * quotes). False gives the walk up.
 */
export type Visit = (keyStart: number, keyEnd: number, start: number, end: number) => boolean;

/**
 * Walks the members of the JSON object that opens at `at`, and returns the position behind it, or -1 where its bytes
 * cannot be read in one way only without a parse: escapes, lists, fractions, keys that are not printable ASCII.
 *
 * Of a string longer than `maxCheckedBytes` nothing is checked but where it ends: it is audio, and whether its alphabet is
 * right is for whoever reads it to see.
 */
export function walkMembers(bytes: Buffer, at: number, visit: Visit): number {
  return walk(bytes, at, visit, maxDepth);
}

/** True when the string value at `start` (with its quotes, as a visit tells) is exactly `text`. */
export function isString(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  return bytes[start] === quote && end - start === text.length + 2 && startsWith(bytes, start + 1, text);
}

/** True when the key or other run of bytes from `start` to before `end` is exactly `text`. */
export function isText(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  return end - start === text.length && startsWith(bytes, start, text);
}

/** The string value at `start`, which a walk has found plain; undefined for a value of another kind. */
export function stringAt(bytes: Buffer, start: number, end: number): string | undefined {
  return bytes[start] === quote ? bytes.toString('latin1', start + 1, end - 1) : undefined;
}

const maxDepth = 4;
const maxCheckedBytes = 256;

function walk(bytes: Buffer, start: number, visit: Visit, depth: number): number {
  if (bytes[start] !== brace.open || depth === 0) return -1;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === brace.close) return at + 1;
  for (;;) {
    if (bytes[at] !== quote) return -1;
    const keyEnd = bytes.indexOf(quote, at + 1);
    if (keyEnd === -1 || keyEnd - at > maxCheckedBytes || !isPlainAscii(bytes, at + 1, keyEnd)) return -1;
    const keyStart = at + 1;
    at = skipSpace(bytes, keyEnd + 1);
    if (bytes[at] !== colon) return -1;
    const valueStart = skipSpace(bytes, at + 1);
    const valueEnd = skipValue(bytes, valueStart, depth);
    if (valueEnd === -1 || !visit(keyStart, keyEnd, valueStart, valueEnd)) return -1;
    at = skipSpace(bytes, valueEnd);
    if (bytes[at] === brace.close) return at + 1;
    if (bytes[at] !== comma) return -1;
    at = skipSpace(bytes, at + 1);
  }
}

function skipValue(bytes: Buffer, start: number, depth: number): number {
  if (bytes[start] === quote) return skipString(bytes, start);
  if (bytes[start] === brace.open) return walk(bytes, start, ignore, depth - 1);
  let end = start;
  while (end < bytes.length && end - start < maxLiteralBytes && !isEnd(bytes[end])) end++;
  return literal.test(bytes.toString('latin1', start, end)) ? end : -1;
}

function skipString(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(quote, start + 1);
  if (end === -1) return -1;
  if (end - start <= maxCheckedBytes) return isPlainAscii(bytes, start + 1, end) ? end + 1 : -1;
  const escape = bytes.subarray(start, end).indexOf(backslash);
  return escape === -1 ? end + 1 : -1;
}

const ignore: Visit = () => true;
const maxLiteralBytes = 16;
const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*))$/;

function isEnd(byte: number | undefined): boolean {
  return byte === comma || byte === brace.close || isSpace(byte);
}
