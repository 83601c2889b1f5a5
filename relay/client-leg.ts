import { type WebSocket } from 'ws';
import { type Allowance } from './allowance';
import { type ClientSideOptions } from './client-side';
import { Leg } from './leg';
import { type EndCause } from './protocol/close';
import { errorCode, isProtocolError } from './socket-errors';

/** A leg on any client's socket: it reports whatever ends the session. */
export abstract class ClientLeg extends Leg {
  /** @param allowance how many messages may come; beyond it the session ends. */
  constructor(
    socket: WebSocket,
    protected readonly options: ClientSideOptions,
    private readonly allowance: Allowance,
  ) {
    super(socket, options.limits);
    socket.on('error', (error) => this.end(causeOf(error)));
  }

  /** Takes a message of a client that keeps to its allowance. */
  protected abstract hear(frame: Buffer, isBinary: boolean): void;

  protected override onMessage(frame: Buffer, isBinary: boolean): void {
    if (this.allowance.take(this.lastMessage)) this.hear(frame, isBinary);
    else this.end('too_many_messages');
  }

  protected override onChatter(): void {
    if (!this.allowance.take(performance.now())) this.end('too_many_messages');
  }

  protected override onClose(): void {
    this.options.report({ kind: 'client.closed' });
  }

  protected override onQuiet(): void {
    // It is asked by pings already.
  }

  protected override onStalled(): void {
    this.end('slow_client');
  }

  protected override onDead(): void {
    this.end('client_unresponsive');
  }

  protected override onPressure(isHigh: boolean): void {
    this.options.onPressure(isHigh);
  }

  private end(cause: EndCause): void {
    this.options.report({ kind: 'end', cause });
  }
}

/** The library's own faults name themselves; anything else is the network taking the client away. */
function causeOf(error: Error): EndCause {
  if (tooLarge.has(errorCode(error))) return 'message_too_large';
  return isProtocolError(error) ? 'client_protocol_error' : 'client_closed';
}

/** Larger than allowed, and larger than can be counted. */
const tooLarge = new Set(['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH']);
