import { write, writeSync } from 'node:fs';
import { type DestinationStream } from 'pino';

/** Most bytes that wait to be written; beyond that, lines are dropped. */
const maxPendingBytes = 16 * 1_048_576;

/**
 * Lines wait until there are this many characters of them or the first has waited this many milliseconds, and are written
 * together: a tool call says a dozen lines, and a write for each would be a quarter of what the call costs.
 */
const batchCharacters = 8_192;
const batchMs = 20;

/** Bytes that a pipe takes in one piece, whoever else writes to it (PIPE_BUF of Linux). */
const pipeBytes = 4_096;

/** How long to wait before what could not be written is tried again, in milliseconds. */
const retryMs = 100;

/** How often a reader that is slow is waited for when the process ends, `retryMs` each time. */
const maxExitTries = 20;

/**
 * Writes to an open file in the background; what is pending is written when the process exits, unless it is killed.
 *
 * That a log cannot be written (its disk is full, or nobody reads the pipe any more) ends no call and keeps no process
 * from ending: it is said once on standard error, lines that find no room are dropped, and writing goes on when it is
 * possible again.
 *
 * @param name for people
 * @param isShared whether other processes write there too: then lines are written whole, in pieces that a pipe does not mix
 *   with theirs. Default false.
 */
export function writeInBackground(fd: number, name: string, isShared = false): DestinationStream {
  const lines = new BackgroundLines(fd, name, isShared ? pipeBytes : Infinity);
  process.on('exit', () => lines.finish());
  return lines;
}

class BackgroundLines implements DestinationStream {
  readonly #fd: number;
  readonly #name: string;
  readonly #pieceBytes: number;
  /** Lines that wait to be written together. */
  #waiting = '';
  /** What is left of the lines that are being written. */
  #writing: Buffer | undefined;
  /** Whether a write is under way in this moment: then nobody can tell how much of it has been done. */
  #isUnderWay = false;
  #isScheduled = false;
  #isFailing = false;
  #isSaid = false;

  constructor(fd: number, name: string, pieceBytes: number) {
    this.#fd = fd;
    this.#name = name;
    this.#pieceBytes = pieceBytes;
  }

  write(line: string): void {
    if (this.#waiting.length + line.length > maxPendingBytes) return;
    this.#waiting += line;
    if (this.#waiting.length >= batchCharacters) this.#begin();
    else if (!this.#isScheduled && this.#writing === undefined) this.#beginAfter(batchMs);
  }

  /** Writes what waits, now and in this thread. Gives up where that is not possible. */
  finish(): void {
    if (this.#isFailing) return;
    const unfinished = this.#isUnderWay ? [] : [this.#writing ?? Buffer.alloc(0)];
    let rest = Buffer.concat([...unfinished, Buffer.from(this.#waiting)]);
    for (let tries = 0; rest.length > 0 && tries < maxExitTries;) {
      try {
        rest = rest.subarray(writeSync(this.#fd, this.#pieceOf(rest)));
      } catch (error) {
        if (!isBusy(error)) return;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
      }
    }
  }

  /** As many whole lines as fit into one piece; a line that is longer than that goes by itself. */
  #pieceOf(bytes: Buffer): Buffer {
    if (bytes.length <= this.#pieceBytes) return bytes;
    const fitting = bytes.lastIndexOf(newline, this.#pieceBytes - 1);
    const end = fitting === -1 ? bytes.indexOf(newline) : fitting;
    return bytes.subarray(0, end + 1);
  }

  #beginAfter(ms: number): void {
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      this.#begin();
    }, ms).unref();
  }

  #begin(): void {
    if (this.#isUnderWay) return;
    if (this.#writing === undefined) {
      if (this.#waiting === '') return;
      this.#writing = Buffer.from(this.#waiting);
      this.#waiting = '';
    }
    this.#isUnderWay = true;
    write(this.#fd, this.#pieceOf(this.#writing), (error, bytes) => {
      this.#isUnderWay = false;
      if (error) this.#failed(error);
      else this.#written(bytes);
    });
  }

  #written(bytes: number): void {
    this.#isFailing = false;
    const rest = this.#writing?.subarray(bytes);
    this.#writing = rest === undefined || rest.length === 0 ? undefined : rest;
    this.#begin();
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (!isBusy(error)) {
      if (!this.#isSaid)
        console.error(`The log cannot be written to ${this.#name} (${error.code ?? 'unknown reason'}).`);
      this.#isFailing = true;
      this.#isSaid = true;
    }
    if (!this.#isScheduled) this.#beginAfter(retryMs);
  }
}

const newline = 0x0a;

/** A pipe whose reader is slow, and nothing worse. */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EAGAIN' || code === 'EBUSY';
}
