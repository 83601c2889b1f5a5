import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A server below HTTP, for what no HTTP server does. */
export class RawServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static tcp(onConnection: (socket: Socket) => void): Promise<RawServer> {
    return RawServer.#listening(createTcpServer(onConnection));
  }

  static tls(options: TlsOptions, onConnection: (socket: Socket) => void): Promise<RawServer> {
    return RawServer.#listening(createTlsServer(options, onConnection));
  }

  static #listening(server: Server): Promise<RawServer> {
    const raw = new RawServer(server);
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(raw)));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Called with each connection that comes, before anything is read from it. */
  onConnection(listener: () => void): void {
    this.#server.on('connection', listener);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}
