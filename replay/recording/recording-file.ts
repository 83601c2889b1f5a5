import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { isRecord } from './audio';
import type { Cut, CutReason, RecordingEnding, RecordingPlan } from './orders';
import { Scribe } from './scribe';

/**
 * The file of one recording, written in the thread that has nothing else to do. Lines are appended whole: after a write that
 * failed, the file is cut back to its last whole line, and where that is possible a `cut` line says why no more follow.
 */
export class RecordingFile {
  readonly #scribe: Scribe;
  readonly #maxBytes: number;
  readonly #descriptor: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writtenBytes = 0;
  #isOpen = true;

  private constructor({ header, maxBytes }: RecordingPlan, descriptor: number) {
    this.#scribe = new Scribe(header);
    this.#maxBytes = maxBytes;
    this.#descriptor = descriptor;
    this.#append(this.#scribe.header());
  }

  /** Makes the file, readable by its owner alone, and writes the header. A file that is there already is left alone. */
  static open(plan: RecordingPlan): RecordingFile | Cut {
    let descriptor: number;
    try {
      descriptor = openSync(plan.file, 'ax', 0o600);
    } catch (error) {
      return failureOf(error);
    }
    const opened = new RecordingFile(plan, descriptor);
    const failure = opened.flush(0);
    if (failure === undefined) return opened;
    unlinkSync(plan.file);
    return failure;
  }

  /** Takes a message, to be written by `flush`. Returns a cut where the file would grow too large. */
  add(t: number, from: 'client' | 'relay', message: Buffer): Cut | undefined {
    if (!this.#isOpen) return undefined;
    const line = this.#scribe.event(t, from, message);
    const roomBytes = this.#maxBytes - this.#writtenBytes - this.#waitingBytes - lastLineBytes;
    if (Buffer.byteLength(line) >= roomBytes) return this.cut(t, 'too_large');
    this.#append(line);
    return undefined;
  }

  /** Writes what was added. Returns a cut where that was not possible; the file is closed then. */
  flush(t: number): Cut | undefined {
    if (!this.#isOpen) return undefined;
    const failure = this.#write();
    if (failure === undefined) return undefined;
    this.#append(this.#scribe.cut(t, failure.why));
    this.#write();
    this.#close();
    return failure;
  }

  /** Ends the recording with its session. */
  end(t: number, cause: string): RecordingEnding {
    return this.#finish(t, this.#scribe.end(t, cause)) ?? { kind: 'whole' };
  }

  /** Ends the recording before its session. */
  cut(t: number, why: CutReason): Cut {
    return this.#finish(t, this.#scribe.cut(t, why)) ?? { kind: 'cut', why, code: null };
  }

  #finish(t: number, lastLine: string): Cut | undefined {
    if (!this.#isOpen) return undefined;
    this.#append(lastLine);
    const failure = this.flush(t);
    this.#close();
    return failure;
  }

  #append(line: string): void {
    this.#waiting.push(line, '\n');
    this.#waitingBytes += Buffer.byteLength(line) + 1;
  }

  #write(): Cut | undefined {
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(this.#descriptor, rest));
      this.#writtenBytes += bytes.length;
      return undefined;
    } catch (error) {
      this.#cutBack();
      return failureOf(error);
    }
  }

  /** Part of a line may have been written before the write failed. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#descriptor, this.#writtenBytes);
    } catch {
      // Then the file ends with part of a line, which readers take for not written.
    }
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      closeSync(this.#descriptor);
    } catch {
      // A disk may tell only now that it lost something; nothing can be done about it here.
    }
  }
}

/** Room that is kept for the line that ends a recording, in bytes. */
export const lastLineBytes = 256;

function failureOf(error: unknown): Cut {
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : null;
  return { kind: 'cut', why: code !== null && fullDisk.has(code) ? 'disk_full' : 'write_failed', code };
}

const fullDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
