/** A place in the audio we have sent, as a mark's name carries it to the carrier and back. */
export interface Mark {
  /** Counts clears: marks of an earlier generation come back because they were thrown away, not because they were heard. */
  readonly generation: number;
  /** Which item, counted from the start of the call. */
  readonly item: number;
  /** Behind how much of the item's audio the mark stands, in milliseconds. */
  readonly atMs: number;
}

/** The name of a mark; short, since some carriers take no more than 128 bytes for a whole command. */
export function markName({ generation, item, atMs }: Mark): string {
  return `g${generation}:i${item}:${atMs}`;
}

/** What a name says; undefined for one that is not ours. */
export function readMark(name: string): Mark | undefined {
  const [, generation, item, atMs] = pattern.exec(name) ?? [];
  if (atMs === undefined) return undefined;
  return { generation: Number(generation), item: Number(item), atMs: Number(atMs) };
}

const pattern = /^g(\d{1,9}):i(\d{1,9}):(\d{1,9})$/;
