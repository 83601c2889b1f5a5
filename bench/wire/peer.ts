import { type Socket } from 'node:net';
import { encodeFrame, FrameReader, opcode, type WireFrame } from './frame';

/**
 * One end of a WebSocket, with as little between the bench and the kernel as there can be: what is being measured must
 * work harder than what measures it. Messages are handed on; pings are answered here.
 */
export class Peer {
  /** Takes each message, which is a frame; most are text. */
  onMessage: (frame: WireFrame) => void = () => undefined;
  /** Called once when the connection is gone. */
  onGone: () => void = () => undefined;

  /** @param head bytes that came behind the handshake. */
  constructor(
    private readonly socket: Socket,
    private readonly masks: boolean,
    head: Buffer,
  ) {
    const reader = new FrameReader((frame) => this.#take(frame));
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => reader.read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.onGone());
    if (head.length > 0) setImmediate(() => reader.read(head));
  }

  /** Prepares an event for `write`. */
  encode(event: object): Buffer {
    return encodeFrame(Buffer.from(JSON.stringify(event)), this.masks);
  }

  /** Sends an event. */
  send(event: object): void {
    this.write(this.encode(event));
  }

  /** Writes an encoded frame; false when the kernel takes no more and the rest waits in this process. */
  write(frame: Buffer): boolean {
    return this.socket.writable && this.socket.write(frame);
  }

  /** Calls back once what waits in this process has been written. */
  onceDrained(then: () => void): void {
    this.socket.once('drain', then);
  }

  /** Reads nothing more. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Gone without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  #take(frame: WireFrame): void {
    switch (frame.opcode) {
      case opcode.text:
      case opcode.binary:
        this.onMessage(frame);
        return;
      case opcode.ping:
        this.write(encodeFrame(frame.payload(), this.masks, opcode.pong));
        return;
      case opcode.close:
        this.socket.end(encodeFrame(frame.payload(), this.masks, opcode.close));
    }
  }
}
