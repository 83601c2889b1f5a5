import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const pageBytes = 4_096;
const pages = 1_000;

/**
 * Finds out how long a disk takes to make 4 KiB durable. They are written over what a file already has, as SQLite writes
 * its log once that has reached its usual thousand pages: to grow a file takes longer.
 */
export class DiskProbe {
  readonly #descriptor: number;
  readonly #page = Buffer.alloc(pageBytes, 1);
  #next = 0;

  constructor(directory: string) {
    this.#descriptor = openSync(join(directory, 'sync-times'), 'w');
    writeSync(this.#descriptor, Buffer.alloc(pageBytes * pages));
    fsyncSync(this.#descriptor);
  }

  /** Writes and syncs once; returns how long that took, in milliseconds. */
  sync(): number {
    const fromMs = performance.now();
    writeSync(this.#descriptor, this.#page, 0, pageBytes, this.#next * pageBytes);
    fdatasyncSync(this.#descriptor);
    this.#next = (this.#next + 1) % pages;
    return performance.now() - fromMs;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
