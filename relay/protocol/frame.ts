import { backslash, brace, bracket, colon, comma, isPlainAscii, isSpace, quote, skipSpace, startsWith } from './bytes';

/**
 * What can be known of a raw frame without parsing it.
 *
 * Almost all traffic is audio whose content the relay never needs, so a look at the first bytes decides whether a
 * frame is forwarded as it came (protocol reference, section 7: `type` comes first on every captured event).
 */

/** How far into a frame the scanner looks before it leaves the question to `JSON.parse`, in bytes. */
export const scanBytes = 1024;

/**
 * The top-level `type` of a frame, or undefined when the frame is no JSON object with a string there.
 *
 * Keys may come in any order, with any whitespace and escapes. A repeated `type` is not looked for: the first one
 * counts, so only frames of a trusted sender may be forwarded on this answer alone.
 */
export function frameType(bytes: Buffer): string | undefined {
  if (startsWith(bytes, 0, audioDelta.start)) return audioDelta.type;
  const found = scanForType(bytes);
  return found === unclear ? parsedType(bytes) : found;
}

/** What almost every frame is, as upstream writes it: known without making a string of its type. */
const audioDelta = {
  type: 'response.output_audio.delta',
  start: Buffer.from('{"type":"response.output_audio.delta"'),
};
const typeFirst = Buffer.from('{"type":"');
const typeKey = Buffer.from('"type"');
const maxTypeBytes = 128;
const unclear = Symbol('unclear');

function scanForType(bytes: Buffer): string | undefined | typeof unclear {
  if (startsWith(bytes, 0, typeFirst)) return plainString(bytes, typeFirst.length);
  const end = Math.min(bytes.length, scanBytes);
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== brace.open) return unclear;
  do {
    at = skipSpace(bytes, at + 1);
    if (bytes[at] !== quote) return unclear;
    const isType = startsWith(bytes, at, typeKey);
    const keyEnd = skipPlainString(bytes, at, end);
    if (keyEnd === -1) return unclear;
    at = skipSpace(bytes, keyEnd);
    if (bytes[at] !== colon) return unclear;
    at = skipSpace(bytes, at + 1);
    if (isType) return bytes[at] === quote ? plainString(bytes, at + 1) : unclear;
    at = skipValue(bytes, at, end);
    if (at === -1) return unclear;
    at = skipSpace(bytes, at);
  } while (bytes[at] === comma && at < end);
  return unclear;
}

/** The string that starts behind a quote, if it is short printable ASCII without escapes. */
function plainString(bytes: Buffer, start: number): string | typeof unclear {
  const end = bytes.indexOf(quote, start);
  if (end === -1 || end - start > maxTypeBytes) return unclear;
  return isPlainAscii(bytes, start, end) ? bytes.toString('latin1', start, end) : unclear;
}

/** Position behind a string without escapes, or -1: an escape in a key could spell `type` in another way. */
function skipPlainString(bytes: Buffer, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === backslash) return -1;
    if (bytes[at] === quote) return at + 1;
  }
  return -1;
}

/** Position behind any JSON value, or -1 when it does not end before `end`. */
function skipValue(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte === quote) {
      at = skipAnyString(bytes, at, end);
      if (at === -1) return -1;
      if (depth === 0) return at;
      continue;
    }
    if (byte === brace.open || byte === bracket.open) depth++;
    else if (byte === brace.close || byte === bracket.close) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === comma || isSpace(byte))) return at;
    at++;
  }
  return -1;
}

function skipAnyString(bytes: Buffer, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === backslash) at++;
    else if (bytes[at] === quote) return at + 1;
  }
  return -1;
}

function parsedType(bytes: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !('type' in value)) return undefined;
    return typeof value.type === 'string' ? value.type : undefined;
  } catch {
    return undefined;
  }
}
