/** What `JSON.parse` gives for an object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object a text stands for; empty where it stands for none. It never throws. */
export function parseObject(text: string): JsonObject {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** The value where it is an object, else an empty one. */
export function objectOf(value: unknown): JsonObject {
  // A cast, because TypeScript has no way to say that any object may be read by any name.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The text where it is one, else an empty one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The number where it is one that can be counted with, else the other. */
export function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
