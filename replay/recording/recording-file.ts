import { rmSync } from 'node:fs';
import { AppendedFile } from './appended-file';
import { isRecord } from './audio';
import type { Cut, CutReason, RecordingEnding, RecordingPlan } from './orders';
import type { Room } from './room';
import { Scribe } from './scribe';

/**
 * The file of one recording, written in the thread that has nothing else to do. Lines are appended whole: after a write that
 * failed, the file ends with its last whole line, and where that is possible a `cut` line says why no more follow. Nothing is
 * written for which its directory has no room, but for the last line, whose room is taken at the beginning.
 */
export class RecordingFile {
  readonly #scribe: Scribe;
  #waiting = '';
  #waitingBytes = 0;
  #isOpen = true;

  private constructor(
    private readonly plan: RecordingPlan,
    private readonly file: AppendedFile,
    private readonly room: Room,
  ) {
    this.#scribe = new Scribe(plan.header);
    this.#append(this.#scribe.header());
  }

  /** Makes the file and writes the header. A file that is there already is left alone. */
  static open(plan: RecordingPlan, room: Room): RecordingFile | Cut {
    if (!room.take(lastLineBytes)) return noRoom;
    let file: AppendedFile;
    try {
      file = new AppendedFile(plan.file);
    } catch (error) {
      return failureOf(error);
    }
    const opened = new RecordingFile(plan, file, room);
    const failure = opened.flush(0);
    if (failure === undefined) return opened;
    remove(plan.file);
    return failure;
  }

  /** Takes a message, to be written by `flush`. Returns a cut where the file would grow too large. */
  add(t: number, from: 'client' | 'relay', message: Buffer): Cut | undefined {
    if (!this.#isOpen) return undefined;
    const line = this.#scribe.event(t, from, message);
    const roomBytes = this.plan.maxBytes - this.file.bytes - this.#waitingBytes - lastLineBytes;
    if (Buffer.byteLength(line) >= roomBytes) return this.cut(t, 'too_large');
    this.#append(line);
    return undefined;
  }

  /** Writes what was added. Returns a cut where that was not possible; the file is closed then. */
  flush(t: number): Cut | undefined {
    if (!this.#isOpen) return undefined;
    const failure = this.room.take(this.#waitingBytes) ? this.#write() : noRoom;
    if (failure !== undefined) this.#writeLast(this.#scribe.cut(t, failure.why));
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
    return this.#isOpen ? (this.flush(t) ?? this.#writeLast(lastLine)) : undefined;
  }

  #append(line: string): void {
    this.#waiting += `${line}\n`;
    this.#waitingBytes += Buffer.byteLength(line) + 1;
  }

  /** What could not be written is given up. */
  #write(): Cut | undefined {
    const lines = this.#waiting;
    this.#waiting = '';
    this.#waitingBytes = 0;
    try {
      this.file.append(lines);
      return undefined;
    } catch (error) {
      return failureOf(error);
    }
  }

  /** In place of whatever still waits. */
  #writeLast(line: string): Cut | undefined {
    this.#waiting = `${line}\n`;
    const failure = this.#write();
    this.#isOpen = false;
    this.file.close();
    return failure;
  }
}

/** Room that is kept for the line that ends a recording, in bytes. */
export const lastLineBytes = 256;

const noRoom: Cut = { kind: 'cut', why: 'no_room', code: null };

/** Removes a file in which nothing stands. */
function remove(file: string): void {
  try {
    rmSync(file);
  } catch {
    // Then it stays.
  }
}

function failureOf(error: unknown): Cut {
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : null;
  return { kind: 'cut', why: code !== null && fullDisk.has(code) ? 'disk_full' : 'write_failed', code };
}

const fullDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
