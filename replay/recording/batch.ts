/**
 * Messages on their way to the thread that writes them: one block of memory that changes hands instead of being copied
 * again. Each message lies in it behind a head of 17 bytes: number of the recording, milliseconds since the session's
 * start, who said it, length.
 */

/** A message in a batch. */
export interface BatchEntry {
  readonly recording: number;
  readonly t: number;
  readonly from: 'client' | 'relay';
  /** A part of the batch; good for as long as that is. */
  readonly message: Buffer;
}

/** A batch that is being filled. Messages are copied: whoever sent one may do with it what they like. */
export class Batch {
  readonly #block: Buffer<ArrayBuffer>;
  #end = 0;

  /** @param bytes how much it holds, heads included */
  constructor(bytes: number) {
    // Not from Node's pool, which could not be given away.
    this.#block = Buffer.allocUnsafeSlow(bytes);
  }

  /** How much it holds by now. */
  get bytes(): number {
    return this.#end;
  }

  /** False where there is no room for it. */
  add(recording: number, t: number, from: 'client' | 'relay', message: Buffer | string): boolean {
    const length = typeof message === 'string' ? Buffer.byteLength(message) : message.length;
    if (this.#end + headBytes + length > this.#block.length) return false;
    this.#block.writeUInt32LE(recording, this.#end);
    this.#block.writeDoubleLE(t, this.#end + 4);
    this.#block.writeUInt8(from === 'client' ? 0 : 1, this.#end + 12);
    this.#block.writeUInt32LE(length, this.#end + 13);
    const start = this.#end + headBytes;
    if (typeof message === 'string') this.#block.write(message, start);
    else message.copy(this.#block, start);
    this.#end = start + length;
    return true;
  }

  /** The memory it lies in, to be given away; nothing can be added then any more. */
  get block(): ArrayBuffer {
    return this.#block.buffer;
  }
}

/** What a message takes in a batch beside itself, in bytes. */
export const headBytes = 17;

/** What lies in a batch's block, in order. */
export function* entriesOf(block: ArrayBuffer, end: number): Generator<BatchEntry, void, undefined> {
  const bytes = Buffer.from(block, 0, end);
  for (let at = 0; at < end;) {
    const length = bytes.readUInt32LE(at + 13);
    const start = at + headBytes;
    yield {
      recording: bytes.readUInt32LE(at),
      t: bytes.readDoubleLE(at + 4),
      from: bytes.readUInt8(at + 12) === 0 ? 'client' : 'relay',
      message: bytes.subarray(start, start + length),
    };
    at = start + length;
  }
}
