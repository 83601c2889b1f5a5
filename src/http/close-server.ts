import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds that connections are given to end by themselves: those that speak HTTP, and all. */
const graceMs = { http: 500, all: 1_000 } as const;

/**
 * Prepares a server to be closed in bounded time.
 *
 * Node's own `closeAllConnections` knows of connections on which HTTP is spoken: not of those that have not got through
 * the TLS handshake, nor of WebSockets whose peer does not answer a close.
 *
 * @returns Cuts what is still connected after a short grace, while `close` waits for it.
 */
export function boundedClose(server: Server): (close: () => Promise<unknown>) => Promise<void> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });

  return async (close) => {
    const cutHttp = setTimeout(() => server.closeAllConnections(), graceMs.http);
    const cutAll = setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, graceMs.all);
    await close();
    clearTimeout(cutHttp);
    clearTimeout(cutAll);
  };
}
