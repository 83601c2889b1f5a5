/** A parsed JSON object whose members have not been judged yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Copies the named members that are there, in the order of `keys`; the way to rebuild an object from an allow-list. */
export function pick(from: JsonObject, keys: readonly string[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of keys) {
    if (Object.hasOwn(from, key) && from[key] !== undefined) copy[key] = from[key];
  }
  return copy;
}

/** The object a frame holds, or undefined when the frame is not a JSON object. */
export function parseObject(bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
