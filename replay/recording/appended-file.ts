import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** A file that only grows, by whole pieces: of a piece that could not be written nothing stays, or it stays the last. */
export class AppendedFile {
  readonly #descriptor: number;
  #bytes = 0;
  #endsInPiece = false;

  /**
   * Makes the file, readable by its owner alone.
   *
   * @throws Node's own error, also where there is such a file already
   */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'ax', 0o600);
  }

  /** How large it is. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws Node's own error; nothing, or part of the text, is in the file then. */
  append(text: string): void {
    if (this.#endsInPiece) throw new Error('Nothing can follow what was written in part');
    const bytes = Buffer.from(text);
    try {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(this.#descriptor, rest));
      this.#bytes += bytes.length;
    } catch (error) {
      this.#cutBack();
      throw error;
    }
  }

  close(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // A disk may tell only now that it lost something; nothing can be done about it here.
    }
  }

  #cutBack(): void {
    try {
      ftruncateSync(this.#descriptor, this.#bytes);
    } catch {
      this.#endsInPiece = true;
    }
  }
}
