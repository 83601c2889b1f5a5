import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { frameOf } from './frame';
import { gather, write, writeGathered } from './gather';
import { carry, type TextTaker } from './passing';
import { FrameSieve, type SieveTaker } from './sieve';
import { countRead } from './spent';

/** What a lane is made of. */
export interface LaneOptions {
  /** The connection; the lane owns it from here on. */
  readonly socket: Duplex;
  /** Which end of the WebSocket this is: a server's peer masks its frames, a client masks its own. */
  readonly end: 'server' | 'client';
  /** Largest message that is taken, in bytes; the library must have been told the same. */
  readonly maxBytes: number;
}

/**
 * Stands between a connection and the WebSocket library, which takes it for the connection. Text messages that come in one
 * frame pass beside the library, and so does all that is sent with `send`; everything else passes through it: the
 * handshake, control frames, messages in parts, faults, closing.
 *
 * Thousands of lanes take turns, so what one of them has to look at for a message is rarely at hand for the processor, and
 * looking costs more than reckoning: the way of a message leads through few objects.
 */
export class FastLane extends Duplex implements SieveTaker {
  private readonly socket: Duplex;
  private readonly masks: boolean;
  private readonly sieve: FrameSieve;
  private taker: TextTaker | undefined;
  private isOpen = false;
  /** The library was given something that it may not have read yet, or may yet find fault with. */
  private isWithLibrary = false;
  /** It was given that in this turn of the loop. */
  private isJustGiven = false;
  /** What came with the handshake and is already of the WebSocket. */
  private head: Buffer | undefined;

  constructor({ socket, end, maxBytes }: LaneOptions) {
    super();
    this.socket = socket;
    this.masks = end === 'client';
    this.sieve = new FrameSieve(end === 'server', maxBytes, this);
    socket.on('data', (chunk: Buffer) => {
      if (this.isOpen) this.sift(chunk);
      else this.push(chunk);
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    socket.on('timeout', () => this.emit('timeout'));
  }

  /** Bytes that were sent and have not been taken by the system. */
  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  /** The handshake is over: what comes from now on are frames, and so is the head that came with it. */
  open(head = this.head): void {
    this.isOpen = true;
    this.head = undefined;
    if (head !== undefined && head.length > 0) this.sift(head);
  }

  /** From now on text messages go to `taker`; without one, to the library as all else. */
  deliverTo(taker: TextTaker | undefined): void {
    this.taker = taker;
    if (taker === undefined) this.sieve.isTaking = false;
  }

  /** Sends a message in one frame. `onFlushed` is called when the system has taken it. */
  send(data: Buffer | string, isBinary: boolean, onFlushed?: () => void): void {
    write(this.socket, frameOf(data, isBinary, this.masks), onFlushed);
  }

  /** For the sieve. */
  onMessage(message: Buffer, frame: Buffer, isLast: boolean): void {
    if (!isLast) gather();
    if (this.taker !== undefined) carry(message, frame, this.taker);
  }

  /** For the sieve. */
  onRest(bytes: Buffer): void {
    this.push(bytes);
    this.isWithLibrary = true;
    if (this.isJustGiven) return;
    this.isJustGiven = true;
    setImmediate(() => (this.isJustGiven = false));
  }

  /** The library gives back what it read too much in the handshake. */
  override unshift(head: Buffer): void {
    this.head = head;
  }

  override pause(): this {
    super.pause();
    this.socket.pause();
    return this;
  }

  override resume(): this {
    super.resume();
    this.socket.resume();
    return this;
  }

  /** As of `net.Socket`: the library and Node's HTTP set and clear it. */
  setTimeout(ms: number, onTimeout?: () => void): this {
    if (this.socket instanceof Socket) this.socket.setTimeout(ms);
    if (onTimeout !== undefined) this.once('timeout', onTimeout);
    return this;
  }

  /** As of `net.Socket`. */
  setNoDelay(isOn?: boolean): this {
    if (this.socket instanceof Socket) this.socket.setNoDelay(isOn);
    return this;
  }

  override _read(): void {
    if (!this.isPaused()) this.socket.resume();
  }

  /** Passed on at once, so that what the library writes and what is sent beside it keep their order. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.socket.write(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  private sift(bytes: Buffer): void {
    countRead(bytes.length);
    if (this.isWithLibrary) this.isWithLibrary = this.isJustGiven || this.readableLength > 0;
    // What the library has not read yet comes first.
    this.sieve.isTaking = this.taker !== undefined && !this.isWithLibrary;
    try {
      this.sieve.read(bytes);
    } finally {
      writeGathered();
    }
  }
}
