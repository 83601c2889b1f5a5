import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { pass, silence } from './fault-proxy-fault';
import { type Connection, Flow } from './fault-proxy-flow';
import { Count, Lane } from './fault-proxy-lane';

export { cut, delay, drip, type Fault, instead, pass, type Place, reset, silence, stall } from './fault-proxy-fault';

/**
 * Stands before a server on this machine and lets go wrong what can go wrong between it and its clients, on TCP: whatever
 * they speak, `ws`, `https` or anything else, is bytes to it.
 *
 *     const proxy = await FaultProxy.start(server.port);
 *     proxy.down.fault = cut({ after: 12 });   // of each answer twelve bytes arrive, then the connection ends
 *     await proxy.up.arrived(1);               // something has been asked
 *
 * Faults are set at any time, for each direction, and hold for all connections, open ones and new ones.
 */
export class FaultProxy {
  /** From clients to the server. */
  readonly up = new Lane(() => this.#links.forEach((link) => link.up.faultSet()));
  /** From the server to clients. */
  readonly down = new Lane(() => this.#links.forEach((link) => link.down.faultSet()));
  /** The server's port; for connections to come it may be changed. */
  target: number;
  readonly #links = new Set<Link>();
  readonly #connected = new Count();
  #listener: Server;
  #port = 0;

  private constructor(target: number) {
    this.target = target;
    this.#listener = this.#createListener();
  }

  /** @param target the server's port on 127.0.0.1; may be set later, before somebody connects. */
  static async start(target = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.#listen();
    return proxy;
  }

  /** Where clients connect, on 127.0.0.1. */
  get port(): number {
    return this.#port;
  }

  /** Resolves when so many connections have come. */
  connected(count: number): Promise<void> {
    return this.#connected.reaches(count);
  }

  /** How many connections have come. */
  get connections(): number {
    return this.#connected.value;
  }

  /** Both sides of every connection stay open and hear nothing more of each other. */
  goSilent(): void {
    this.up.fault = silence();
    this.down.fault = silence();
  }

  /** From now on whoever connects is refused; open connections stay. */
  refuse(): void {
    this.#listener.close();
  }

  /** All is well again: bytes pass, and who was refused may come. What was cut stays cut. */
  async heal(): Promise<void> {
    this.up.fault = pass;
    this.down.fault = pass;
    if (this.#listener.listening) return;
    this.#listener = this.#createListener();
    await this.#listen();
  }

  /** Ends every connection without ceremony. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    for (const link of this.#links) link.destroy();
    // Lets go of what is held back, and with it of the timers.
    this.up.fault = pass;
    this.down.fault = pass;
    await closed;
  }

  #createListener(): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#connect(client));
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen(this.#port, '127.0.0.1', () => {
        // A listener on a port has an address with one.
        this.#port = (this.#listener.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  #connect(client: Socket): void {
    const server = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const link = new Link(client, server, this.up, this.down, () => this.#links.delete(link));
    this.#links.add(link);
    link.run();
    this.#connected.add(1);
  }
}

/** A client's connection and the one behind it. */
class Link implements Connection {
  readonly up: Flow;
  readonly down: Flow;
  readonly #sockets: readonly Socket[];
  #isOver = false;

  constructor(client: Socket, server: Socket, up: Lane, down: Lane, onClose: () => void) {
    this.#sockets = [client, server];
    this.up = new Flow(client, server, up, this);
    this.down = new Flow(server, client, down, this);
    for (const socket of this.#sockets) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (this.#sockets.every(({ destroyed }) => destroyed)) onClose();
      });
    }
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  run(): void {
    void this.up.run();
    void this.down.run();
  }

  cut(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.end();
  }

  reset(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  destroy(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
