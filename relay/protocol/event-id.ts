/** Event ids that begin so are the relay's own. */
export const relayPrefix = 'rly_';

const escapeMark = '~';

/**
 * Makes room for the relay's own event ids: a client's id that looks like one (or like an escaped one) gets a mark in
 * front, which `unescapeEventId` takes off again in the errors that come back. No table is needed.
 */
export function escapeEventId(id: string): string {
  return isReserved(id) ? escapeMark + id : id;
}

/** The client's own spelling of an id made by `escapeEventId`. */
export function unescapeEventId(id: string): string {
  return id.startsWith(escapeMark) ? id.slice(escapeMark.length) : id;
}

/** True for an id that may not go up as the client wrote it. */
export function isReserved(id: string): boolean {
  return id.startsWith(relayPrefix) || id.startsWith(escapeMark);
}
