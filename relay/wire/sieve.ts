import { isUtf8 } from 'node:buffer';
import { Head, keyBytes, opcode, whole } from './head';
import { applyMask } from './mask';

/** Who is given what comes out of a sieve. */
export interface SieveTaker {
  /**
   * A text message that came in one frame. The frame ends with the message; its mask has been taken off in place. The last
   * one is the last that was read at once.
   */
  onMessage(message: Buffer, frame: Buffer, isLast: boolean): void;
  /** Bytes of frames as they came, in order, for whoever knows all of the protocol. */
  onRest(bytes: Buffer): void;
}

/** Largest frame that is put together here when it comes in pieces, in bytes. */
const maxWaitingBytes = 65_536;

/** What the head says that was read last; nothing is read between a look at it and the next. */
const head = new Head();

/** Pieces after which they are made one: many small ones take much more memory than what is in them. */
const maxPieces = 64;

/**
 * Takes text messages that come in one frame out of the bytes of a WebSocket, and leaves all else to the library: control
 * frames, binary messages, messages in parts, text that is too large or no UTF-8, and whatever breaks the rules (RFC 6455,
 * section 5).
 *
 * Nothing overtakes, and nothing is heard behind a fault: with the first frame that is left, all is left that was read with
 * it, so that the library has had its say before the next reading. Behind a close, or what cannot be followed, nothing is
 * taken any more.
 */
export class FrameSieve {
  /** False to leave everything to the library. */
  isTaking = false;
  /** The beginning of a frame of which more has to come. */
  private pieces: Buffer[] = [];
  private pieceBytes = 0;
  /** Bytes that must be there before it is worth another look. */
  private wantedBytes = 0;
  /** Bytes still to come of a frame that was left. */
  private owedBytes = 0;
  /** Within a message in parts. */
  private isParted = false;
  private isLost = false;

  /**
   * @param isMasked whether frames have to be masked, as those of clients, or must not be.
   * @param maxBytes of a message.
   */
  constructor(
    private readonly isMasked: boolean,
    private readonly maxBytes: number,
    private readonly taker: SieveTaker,
  ) {}

  /** Takes what was read. */
  read(chunk: Buffer): void {
    const bytes = this.pieces.length === 0 ? chunk : this.join(chunk);
    if (bytes === undefined) return;
    const taken = this.takeTexts(bytes);
    if (taken === bytes.length) return;
    const left = this.follow(bytes, taken);
    if (left > taken) this.taker.onRest(part(bytes, taken, left));
    if (left < bytes.length) this.keep(part(bytes, left, bytes.length));
  }

  /** Takes texts off the beginning, and returns where what is none begins, or is not all there. */
  private takeTexts(bytes: Buffer): number {
    if (this.isLost || this.isParted || this.owedBytes > 0) return 0;
    let at = 0;
    while (this.isTaking && head.read(bytes, at) && this.isText() && head.end <= bytes.length) {
      const { start, end } = head;
      if (this.isMasked) unmask(bytes, start, end);
      const message = part(bytes, start, end);
      if (!isUtf8(message)) return at;
      this.taker.onMessage(message, part(bytes, at, end), end === bytes.length);
      at = end;
    }
    return at;
  }

  private isText(): boolean {
    const { first, isMasked, length } = head;
    return first === whole.text && isMasked === this.isMasked && length <= this.maxBytes;
  }

  /** Follows the frames from `from` on that are left, and returns where what has to wait begins. */
  private follow(bytes: Buffer, from: number): number {
    let at = from + this.owedBytes;
    this.owedBytes = 0;
    while (!this.isLost && at < bytes.length) {
      if (!head.read(bytes, at)) return this.wait(at, bytes.length - at + 1);
      const { end } = head;
      // Not left with what is before it, or no later reading of a busy connection would begin with a whole frame.
      const isWorthWaiting = this.isTaking && !this.isParted && end - at <= maxWaitingBytes;
      if (isWorthWaiting && end > bytes.length && this.isText()) return this.wait(at, end - at);
      this.leave();
      at = end;
    }
    this.owedBytes = Math.max(0, at - bytes.length);
    return bytes.length;
  }

  private wait(at: number, wantedBytes: number): number {
    this.wantedBytes = wantedBytes;
    return at;
  }

  /** What a frame means for those behind it. */
  private leave(): void {
    const isRight = !head.hasReservedBits && head.isMasked === this.isMasked && head.length <= this.maxBytes;
    switch (head.opcode) {
      case opcode.text:
      case opcode.binary:
        this.isLost = !isRight || this.isParted;
        this.isParted = !head.isFinal;
        return;
      case opcode.continuation:
        this.isLost = !isRight || !this.isParted;
        this.isParted = !head.isFinal;
        return;
      case opcode.ping:
      case opcode.pong:
        this.isLost = !isRight || !head.isFinal;
        return;
      default:
        this.isLost = true;
    }
  }

  private keep(piece: Buffer): void {
    this.pieces.push(piece);
    this.pieceBytes += piece.length;
  }

  /** All pieces in one, as soon as they may be a frame; undefined until then. */
  private join(chunk: Buffer): Buffer | undefined {
    this.keep(chunk);
    const isEnough = this.pieceBytes >= this.wantedBytes;
    if (!isEnough && this.pieces.length < maxPieces) return undefined;
    const bytes = Buffer.concat(this.pieces, this.pieceBytes);
    this.pieces = isEnough ? [] : [bytes];
    if (isEnough) this.pieceBytes = 0;
    return isEnough ? bytes : undefined;
  }
}

/** Takes the mask off, and leaves a frame with a key of zeros, which is the same frame. */
function unmask(bytes: Buffer, start: number, end: number): void {
  const keyAt = start - keyBytes;
  applyMask(bytes, start, end, bytes.readInt32LE(keyAt));
  bytes.writeInt32LE(0, keyAt);
}

function part(bytes: Buffer, start: number, end: number): Buffer {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}
