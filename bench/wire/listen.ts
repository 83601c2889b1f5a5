import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { Peer } from './peer';

/** A server that accepts every WebSocket. */
export interface Listener {
  /** Such as `ws://127.0.0.1:8000`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on a free port of this machine. */
export async function listen(onPeer: (peer: Peer) => void): Promise<Listener> {
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket: Socket, head: Buffer) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key'] ?? ''}${magic}`);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
    );
    onPeer(new Peer(socket, false, head));
  });
  const port = await listenOnAnyPort(server);
  return {
    url: `ws://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Resolves with the port. */
export function listenOnAnyPort(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // A server that listens on TCP has an address with a port.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** RFC 6455, section 1.3. */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
