import { type IncomingMessage } from 'node:http';
import { connect as connectPlain, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { type ClientOptions, WebSocket, type WebSocketServer } from 'ws';
import { FastLane } from './fast-lane';

/** The lane a WebSocket was opened on; undefined for one that was opened without. */
export function laneOf(socket: WebSocket): FastLane | undefined {
  return lanes.get(socket);
}

/**
 * Opens a WebSocket on a lane. All options are the library's; `createConnection` is set here.
 *
 * @param maxPayload as the library's: bytes of the largest message.
 */
export function connectOnLane(url: URL, options: ClientOptions & { readonly maxPayload: number }): WebSocket {
  const created: FastLane[] = [];
  const openLane = (target: TcpNetConnectOpts) => {
    const lane = new FastLane({ socket: connect(url, target), end: 'client', maxBytes: options.maxPayload });
    created.push(lane);
    return lane;
  };
  // The library takes any duplex stream, as its documentation says; its types know sockets only.
  const createConnection = openLane as unknown as ClientOptions['createConnection'];
  const socket = new WebSocket(url, { ...options, createConnection });
  for (const lane of created) {
    keep(socket, lane);
    socket.once('open', () => lane.open());
  }
  return socket;
}

/**
 * Makes a WebSocket of a client's connection, on a lane: `handleUpgrade` of the library. `open` is called in the tick in
 * which it is open.
 */
export function acceptOnLane(
  acceptor: WebSocketServer,
  { request, socket, head }: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  open: (client: WebSocket) => void,
): void {
  // A client that has hung up meanwhile: the library would not see that through a lane.
  if (!socket.readable || !socket.writable) {
    socket.destroy();
    return;
  }
  const lane = new FastLane({ socket, end: 'server', maxBytes: acceptor.options.maxPayload ?? 0 });
  acceptor.handleUpgrade(request, lane, nothing, (client) => {
    keep(client, lane);
    open(client);
    lane.open(head);
  });
}

const lanes = new WeakMap<WebSocket, FastLane>();
const nothing = Buffer.alloc(0);

function keep(socket: WebSocket, lane: FastLane): void {
  lanes.set(socket, lane);
  // Behind a fault the library hears nothing more, so neither may who listens beside it.
  socket.on('error', () => lane.deliverTo(undefined));
}

/** As the library does by itself. */
function connect({ protocol }: URL, target: TcpNetConnectOpts): Socket {
  const { host = '' } = target;
  // Here `path` would be that of a local socket; the one that is meant stands in the request.
  const place = { ...target, path: undefined };
  return protocol === 'wss:' ? connectTls({ ...place, servername: isIP(host) ? '' : host }) : connectPlain(place);
}
