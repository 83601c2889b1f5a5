/** A JSON value as `JSON.parse` makes it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. Its keys are data: read it with `Object.entries` or an own-property check. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value from `JSON.parse` is an object, which excludes arrays and null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a text from outside says in JSON; undefined, which no JSON says, where it is none. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The value as JSON would carry it: `undefined` members gone, dates as text, nothing shared with the original.
 *
 * @throws TypeError for what JSON cannot carry at all (a bigint, a cycle, `undefined` itself); RangeError for nesting
 * that overflows the stack.
 */
export function toJson(value: unknown): Json {
  const text = jsonText(value);
  if (text === undefined) throw new TypeError('The value has no form in JSON.');
  // The text was written by `JSON.stringify`, so what it parses to is JSON.
  return JSON.parse(text) as Json;
}

/**
 * The value as JSON text. Undefined for a function or for `undefined`, which `JSON.stringify` does not declare.
 *
 * @throws as `toJson` does.
 */
export function jsonText(value: unknown): string | undefined {
  return JSON.stringify(value);
}

/**
 * The one text of a JSON value, as in RFC 8785: keys sorted by UTF-16 code units, no whitespace, `-0` as `0`. Strings
 * and keys are brought to Unicode form NFC first, so that composed and decomposed letters are the same text.
 *
 * @throws TypeError for a lone surrogate, a number that is not finite, or two keys that are one in form NFC.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(normalText(value));
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('The number is not finite.');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return canonicalObject(value);
}

/**
 * The text in Unicode form NFC.
 *
 * @throws TypeError for a lone surrogate: half a character has no bytes to hash.
 */
export function normalText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('The text is not well-formed Unicode.');
  return text.normalize('NFC');
}

function canonicalObject(value: JsonObject): string {
  const members = new Map<string, Json>();
  for (const [key, member] of Object.entries(value)) {
    const normalKey = normalText(key);
    if (members.has(normalKey)) throw new TypeError('Two keys are the same text.');
    members.set(normalKey, member);
  }
  const written = [...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${written.join(',')}}`;
}

/** `Array.isArray` does not narrow to a readonly array. */
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
