import type { CallDocument } from './line';

/** A call document in JSON, as several carriers take them: a list of what to do, in words of each one's own. */
export function jsonDocument(actions: readonly Readonly<Record<string, unknown>>[]): CallDocument {
  return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(actions) };
}
