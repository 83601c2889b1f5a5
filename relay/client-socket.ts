import { type WebSocket } from 'ws';
import { Allowance } from './allowance';
import { type ClientSideOptions, type OpenClientSide } from './client-side';
import { Leg, type LegEvents } from './leg';
import { type EndCause } from './protocol/close';
import { errorCode, isProtocolError } from './socket-errors';

/** A client that speaks the Realtime protocol itself: its frames are the session's. */
export function realtimeClient(socket: WebSocket): OpenClientSide {
  return (options) => {
    const { report } = options;
    const leg = boundedLeg(socket, options, {
      allowance: new Allowance(options.limits.messagesPerSecond, performance.now()),
      onMessage: (frame, isBinary) => report({ kind: 'client.frame', frame, isBinary }),
      onQuiet: () => undefined,
    });
    return {
      confirmsHeard: false,
      get lastMessage() {
        return leg.lastMessage;
      },
      send: (data) => leg.send(data),
      pause: (reason) => leg.pause(reason),
      resume: (reason) => leg.resume(reason),
      release: (code, reason) => leg.release(code, reason),
    };
  };
}

/** What differs between one client's socket and another's. */
export interface BoundedLegOptions extends Pick<LegEvents, 'onMessage' | 'onQuiet'> {
  /** How many messages may come; beyond it the session ends. */
  readonly allowance: Allowance;
}

/** A leg on any client's socket that reports whatever ends the session. */
export function boundedLeg(
  socket: WebSocket,
  { limits, report, onPressure }: ClientSideOptions,
  { allowance, onMessage, onQuiet }: BoundedLegOptions,
): Leg {
  socket.on('error', (error) => report({ kind: 'end', cause: causeOf(error) }));
  const leg: Leg = new Leg(socket, limits, {
    onMessage: (frame, isBinary) => {
      if (allowance.take(leg.lastMessage)) onMessage(frame, isBinary);
      else report({ kind: 'end', cause: 'too_many_messages' });
    },
    onChatter: () => {
      if (!allowance.take(performance.now())) report({ kind: 'end', cause: 'too_many_messages' });
    },
    onClose: () => report({ kind: 'client.closed' }),
    onQuiet,
    onStalled: () => report({ kind: 'end', cause: 'slow_client' }),
    onDead: () => report({ kind: 'end', cause: 'client_unresponsive' }),
    onPressure,
  });
  return leg;
}

/** The library's own faults name themselves; anything else is the network taking the client away. */
function causeOf(error: Error): EndCause {
  if (tooLarge.has(errorCode(error))) return 'message_too_large';
  return isProtocolError(error) ? 'client_protocol_error' : 'client_closed';
}

/** Larger than allowed, and larger than can be counted. */
const tooLarge = new Set(['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH']);
