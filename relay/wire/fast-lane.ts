import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { frameOf } from './frame';
import { gather, write, writeGathered } from './gather';
import { carry } from './passing';
import { FrameSieve } from './sieve';

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
 */
export class FastLane extends Duplex {
  private readonly socket: Duplex;
  private readonly masks: boolean;
  private readonly sieve: FrameSieve;
  private onText: ((message: Buffer) => void) | undefined;
  private isOpen = false;
  /** The library was given something in this turn of the loop, and may yet find fault with it. */
  private isWithLibrary = false;
  /** What came with the handshake and is already of the WebSocket. */
  private head: Buffer | undefined;

  constructor({ socket, end, maxBytes }: LaneOptions) {
    super();
    this.socket = socket;
    this.masks = end === 'client';
    this.sieve = new FrameSieve(end === 'server', maxBytes, {
      onText: (message, frame, isLast) => {
        if (!isLast) gather();
        if (this.onText !== undefined) carry(message, frame, this.onText);
      },
      onRest: (bytes) => this.leave(bytes),
    });
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

  /** From now on text messages go to `onText`; without one, to the library as all else. */
  deliverTo(onText: ((message: Buffer) => void) | undefined): void {
    this.onText = onText;
    if (onText === undefined) this.sieve.isTaking = false;
  }

  /** Sends a message in one frame. `onFlushed` is called when the system has taken it. */
  send(data: Buffer | string, isBinary: boolean, onFlushed?: () => void): void {
    write(this.socket, frameOf(data, isBinary, this.masks), onFlushed);
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

  private leave(bytes: Buffer): void {
    this.push(bytes);
    if (this.isWithLibrary) return;
    this.isWithLibrary = true;
    setImmediate(() => (this.isWithLibrary = false));
  }

  private sift(bytes: Buffer): void {
    // What the library has not read yet comes first.
    this.sieve.isTaking = this.onText !== undefined && !this.isWithLibrary && this.readableLength === 0;
    try {
      this.sieve.read(bytes);
    } finally {
      writeGathered();
    }
  }
}
