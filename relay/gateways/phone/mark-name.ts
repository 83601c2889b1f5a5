/** A place in the audio we have sent, as a mark's name carries it to the carrier and back. */
export interface Mark {
  /**
   * Which item, counted from the start of the call. A clear lets go of all items there are, so a mark that comes back because
   * it was thrown away names one that nobody knows any more.
   */
  readonly item: number;
  /** Behind how much of the item's audio the mark stands, in milliseconds. */
  readonly atMs: number;
}

/** The name of a mark that asks for nothing but an answer: it stands in no item, since they are counted from 1. */
export const lifeSign = markName({ item: 0, atMs: 0 });

/** The name of a mark; short, since some carriers take no more than 128 bytes for a whole command. */
export function markName({ item, atMs }: Mark): string {
  return `i${item}:${atMs}`;
}

/** What a name says; undefined for one that is not ours. */
export function readMark(name: string): Mark | undefined {
  const [, item, atMs] = pattern.exec(name) ?? [];
  return atMs === undefined ? undefined : { item: Number(item), atMs: Number(atMs) };
}

const pattern = /^i(\d{1,9}):(\d{1,9})$/;
