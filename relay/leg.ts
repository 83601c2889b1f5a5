import { WebSocket, type RawData } from 'ws';
import { type SessionLimits } from './limits';
import { type FastLane } from './wire/fast-lane';
import { laneOf } from './wire/lanes';
import { type TextTaker } from './wire/passing';
import { wholeMs } from './whole-ms';

/** How long a peer may take to answer a close before its socket is cut, in milliseconds. */
export const closeGraceMs = 2_000;

/**
 * One side of a session: a socket that tells when its peer reads too slowly or is gone, and that can be left unread
 * for several reasons at once. What becomes of that is for its heirs to say.
 */
export abstract class Leg implements TextTaker {
  private readonly lane: FastLane | undefined;
  private readonly pulse: NodeJS.Timeout;
  private readonly pauses = new Set<string>();
  private lastMessageMs = wholeMs();
  /** When anything came, a ping or pong too. */
  private lastSeenMs = this.lastMessageMs;
  private pongsDue = 0;
  private isHigh = false;
  private stalled: NodeJS.Timeout | undefined;
  private isReleased = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly limits: SessionLimits,
  ) {
    this.lane = laneOf(socket);
    this.lane?.deliverTo(this);
    socket.on('message', this.takeMessage);
    socket.on('ping', this.takePing);
    socket.on('pong', this.takePong);
    socket.on('close', this.takeClose);
    this.pulse = setInterval(() => this.beat(), limits.pingMs);
  }

  protected abstract onMessage(frame: Buffer, isBinary: boolean): void;
  /** A ping came, or a pong that answers none of ours. */
  protected abstract onChatter(): void;
  protected abstract onClose(code: number): void;
  /** The peer reads too slowly: over `bufferMaxBytes`, or over `bufferHighBytes` for `slowClientMs`. */
  protected abstract onStalled(): void;
  /**
   * Nothing, not even a pong, has come for half of `deadPeerMs`: at every pulse, until something does. A peer that answers no
   * pings but can be asked otherwise is asked now.
   */
  protected abstract onQuiet(): void;
  /** Nothing, not even a pong, came for `deadPeerMs`. */
  protected abstract onDead(): void;
  /** More is waiting to be sent than `bufferHighBytes` (true), or it has drained to half of that (false). */
  protected abstract onPressure(isHigh: boolean): void;

  /** When the last message came, or this side was opened, on the clock of `wholeMs`. */
  get lastMessage(): number {
    return this.lastMessageMs;
  }

  /** Sends one message, text unless told otherwise; silently nothing once the socket is closing. */
  send(data: Buffer | string, isBinary = false): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.waitingBytes > this.limits.bufferMaxBytes) {
      this.onStalled();
      return;
    }
    if (this.lane !== undefined) this.lane.send(data, isBinary, this.fills(data) ? this.relieve : undefined);
    else this.socket.send(data, isBinary ? asBinary : asText, this.relieve);
    if (this.isHigh || this.waitingBytes <= this.limits.bufferHighBytes) return;
    this.isHigh = true;
    this.stalled = setTimeout(() => this.onStalled(), this.limits.slowClientMs);
    this.onPressure(true);
  }

  /** Stops reading for a reason; ends when every reason has been resumed. */
  pause(reason: string): void {
    this.pauses.add(reason);
    if (this.socket.readyState === WebSocket.OPEN) this.socket.pause();
  }

  resume(reason: string): void {
    if (!this.pauses.delete(reason) || this.pauses.size > 0) return;
    // What the peer sent in the meantime has not been read yet, so its silence so far proves nothing.
    this.lastSeenMs = wholeMs();
    if (this.socket.isPaused) this.socket.resume();
  }

  /**
   * Closes the socket and lets go of it; a peer that does not answer the close is cut off after `closeGraceMs`. One that
   * was left unread stays so, and its answer unseen: it may have sent megabytes, and where many sessions end at once,
   * reading them only to throw them away holds up all others.
   */
  release(code: number, reason: string): void {
    if (this.isReleased) return;
    this.isReleased = true;
    clearInterval(this.pulse);
    clearTimeout(this.stalled);
    this.lane?.deliverTo(undefined);
    this.socket.off('message', this.takeMessage);
    this.socket.off('ping', this.takePing);
    this.socket.off('pong', this.takePong);
    this.socket.off('close', this.takeClose);
    if (this.socket.readyState === WebSocket.CLOSED) return;
    if (this.socket.readyState === WebSocket.CONNECTING) {
      this.socket.terminate();
      return;
    }
    this.socket.close(code, reason);
    const cut = setTimeout(() => this.socket.terminate(), closeGraceMs);
    this.socket.once('close', () => clearTimeout(cut));
  }

  /** For the lane. */
  onText(message: Buffer): void {
    this.lastMessageMs = wholeMs();
    this.onMessage(message, false);
  }

  /** True for a message behind which the pressure may have to be taken off; of all others nobody need be told. */
  private fills(data: Buffer | string): boolean {
    return typeof data === 'string' || this.waitingBytes + data.length > this.limits.bufferHighBytes / 2;
  }

  private get waitingBytes(): number {
    return this.lane?.waitingBytes ?? this.socket.bufferedAmount;
  }

  private readonly takeMessage = (data: RawData, isBinary: boolean): void => {
    this.lastMessageMs = wholeMs();
    // With the default `binaryType` the library hands over one Buffer; the other forms keep the types whole.
    const frame = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
    this.onMessage(frame, isBinary);
  };

  private readonly takePing = (): void => {
    this.lastSeenMs = wholeMs();
    this.onChatter();
    // The library has answered; a peer that pings but does not read lets its pongs pile up.
    if (this.waitingBytes > this.limits.bufferMaxBytes) this.onStalled();
  };

  private readonly takePong = (): void => {
    this.lastSeenMs = wholeMs();
    if (this.pongsDue === 0) this.onChatter();
    else this.pongsDue -= 1;
  };

  private readonly takeClose = (code: number): void => {
    this.onClose(code);
  };

  private readonly relieve = (): void => {
    if (!this.isHigh || this.waitingBytes > this.limits.bufferHighBytes / 2) return;
    this.isHigh = false;
    clearTimeout(this.stalled);
    this.onPressure(false);
  };

  private beat(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    // While we leave the socket unread no pong can be seen.
    const seenMs = Math.max(this.lastSeenMs, this.lastMessageMs);
    const quietMs = this.pauses.size === 0 ? wholeMs() - seenMs : 0;
    if (quietMs > this.limits.deadPeerMs) {
      this.onDead();
      return;
    }
    this.pongsDue += 1;
    this.socket.ping();
    if (quietMs > this.limits.deadPeerMs / 2) this.onQuiet();
  }
}

const asText = { binary: false };
const asBinary = { binary: true };
