/**
 * The conversation's items in order, as far as a client's view of that order depends on it.
 *
 * A client never learns of hidden items, so wherever an event names a predecessor, the nearest visible one is named
 * instead (protocol reference, section 4.7).
 */
export type History = readonly HistoryItem[];

/** One item of the conversation. */
export interface HistoryItem {
  readonly id: string;
  readonly hidden: boolean;
}

/**
 * Puts an item behind `previousId`, or first for null, or last when `previousId` is undefined or unknown. An item that
 * is there already is moved.
 */
export function addItem(history: History, item: HistoryItem, previousId: string | null | undefined): History {
  const others = history.filter(({ id }) => id !== item.id);
  if (previousId === null) return [item, ...others];
  const at = others.findIndex(({ id }) => id === previousId);
  return at === -1 ? [...others, item] : others.toSpliced(at + 1, 0, item);
}

/** Takes an item out; unknown ids are ignored. */
export function removeItem(history: History, id: string): History {
  return history.filter((item) => item.id !== id);
}

/** True for an item a client must not know of. */
export function isHidden(history: History, id: string): boolean {
  return history.some((item) => item.id === id && item.hidden);
}

/**
 * What a client is told when an event says that something follows `previousId`: that item, or the last visible one
 * before it. An item nobody has heard of counts as hidden and last.
 */
export function visiblePrevious(history: History, previousId: string): string | null {
  const at = history.findIndex(({ id }) => id === previousId);
  const before = at === -1 ? history : history.slice(0, at + 1);
  return before.findLast(({ hidden }) => !hidden)?.id ?? null;
}

/** Where an item goes that a client wants behind `previousId`: behind the hidden items that follow it, too. */
export function insertionPoint(history: History, previousId: string): string {
  const at = history.findIndex(({ id }) => id === previousId);
  if (at === -1) return previousId;
  const next = history.findIndex(({ hidden }, index) => index > at && !hidden);
  return history.at(next === -1 ? -1 : next - 1)?.id ?? previousId;
}
