import { readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What recordings may take of a disk. */
export interface RoomLimits {
  /** All recordings in one directory together, in bytes. */
  readonly directoryBytes: number;
  /** What they leave free on its disk, in bytes. */
  readonly freeBytes: number;
}

/**
 * The room that one directory has for recordings. What is written is taken off it; what other processes write, and what
 * somebody removes, is seen when it is measured again. Once there is too little it counts as full until then.
 */
export class Room {
  #leftBytes = 0;
  #staleAtMs = -Infinity;
  #isFull = false;

  /** @param onChange told when the directory has become full, and when it no longer is */
  constructor(
    private readonly directory: string,
    private readonly limits: RoomLimits,
    private readonly onChange: (isFull: boolean) => void,
  ) {}

  /** Takes so many bytes of it; false where they are not there. */
  take(bytes: number): boolean {
    const now = performance.now();
    if (now >= this.#staleAtMs) this.#measure(now);
    const isFull = bytes > this.#leftBytes;
    this.#leftBytes = isFull ? 0 : this.#leftBytes - bytes;
    if (isFull !== this.#isFull) this.onChange(isFull);
    this.#isFull = isFull;
    return !isFull;
  }

  #measure(startedAtMs: number): void {
    this.#leftBytes = roomIn(this.directory, this.limits);
    const now = performance.now();
    this.#staleAtMs = now + Math.max(measureMs, 100 * (now - startedAtMs));
  }
}

/** What the names of recordings end in. */
export const recordingExtension = '.jsonl';

/** How long it is taken as measured, in milliseconds, so far as to measure takes no more than a hundredth of the time. */
const measureMs = 10_000;

function roomIn(directory: string, { directoryBytes, freeBytes }: RoomLimits): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return Math.min(directoryBytes - bytesOfRecordings(directory), bavail * bsize - freeBytes);
  } catch {
    // To write there will tell what is wrong with it.
    return Infinity;
  }
}

function bytesOfRecordings(directory: string): number {
  return readdirSync(directory)
    .filter((name) => name.endsWith(recordingExtension))
    .reduce((sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
