import { WebSocket } from 'ws';
import type { Clock } from './clock';
import type { Frame } from './dialect';
import { Link, type Network } from './link';
import type { Random } from './random';
import type { Route } from './route';

/** Where a media socket goes, over what kind of network. */
export interface MediaSocketSetup {
  readonly url: URL;
  readonly route: Route;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocols: readonly string[];
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  /** How long the handshake may take, in real milliseconds. */
  readonly connectMs: number;
  readonly answersPings: boolean;
}

/** How the handshake went; `status` is missing when there was no HTTP answer at all. */
export type Opened =
  { readonly kind: 'open' } | { readonly kind: 'refused'; readonly status: number | undefined; readonly why: string };

/** How the socket closed, and who began it. */
export interface StreamEnd {
  readonly by: 'relay' | 'carrier';
  readonly code: number;
  readonly reason: string;
}

export interface MediaSocketListener {
  /** A frame of the relay's has come through the network. */
  received(frame: Frame): void;
  /** The relay broke the rules of WebSockets; `ended` follows. */
  broken(message: string): void;
  /** The socket is closed, and everything the relay sent before that has come through. */
  ended(end: StreamEnd): void;
}

/** A WebSocket to the relay, at the far end of a network that takes its time. */
export class MediaSocket {
  private readonly toRelay: Link;
  private readonly fromRelay: Link;
  private socket: WebSocket | undefined;
  private isLeaving = false;

  constructor(
    private readonly setup: MediaSocketSetup,
    private readonly listener: MediaSocketListener,
  ) {
    const { clock, network, random } = setup;
    this.toRelay = new Link(clock, network, random);
    this.fromRelay = new Link(clock, network, random);
  }

  /** What waits to be read by the relay on this machine, in bytes. */
  get unreadBytes(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  open(): Promise<Opened> {
    const { url, route, headers, protocols, connectMs, answersPings } = this.setup;
    const { address, host } = route(url);
    const socket = new WebSocket(address, [...protocols], {
      headers: { ...headers, host },
      handshakeTimeout: connectMs,
      perMessageDeflate: false,
      autoPong: answersPings,
    });
    this.socket = socket;
    return new Promise((resolve) => {
      const refused = (status: number | undefined, why: string) => resolve({ kind: 'refused', status, why });
      socket.on('unexpected-response', (request, response) => {
        refused(response.statusCode, `the server answered with ${response.statusCode ?? 'nothing'}`);
        request.destroy();
      });
      socket.on('error', ({ message }) => refused(undefined, message));
      socket.on('open', () => {
        this.follow(socket);
        resolve({ kind: 'open' });
      });
    });
  }

  /** Sends a frame after everything before it. */
  send(frame: Frame): void {
    this.toRelay.send(() => this.put(frame));
  }

  /** Sends a frame that the network may reorder. */
  sendUnordered(frame: Frame): void {
    this.toRelay.sendUnordered(() => this.put(frame));
  }

  /** Closes the socket after everything sent before. */
  leave(): void {
    this.isLeaving = true;
    this.toRelay.send(() => this.socket?.close(1000));
  }

  /** The connection breaks, without a word. */
  drop(): void {
    this.isLeaving = true;
    this.toRelay.cut();
    this.socket?.terminate();
  }

  private follow(socket: WebSocket): void {
    socket.on('error', ({ message }) => {
      if (!this.isLeaving) this.listener.broken(message);
    });
    socket.on('message', (data: Buffer, isBinary) => {
      const frame = isBinary ? data : data.toString();
      this.fromRelay.send(() => this.listener.received(frame));
    });
    socket.on('close', (code, reason) => {
      this.toRelay.cut();
      const by = this.isLeaving ? 'carrier' : 'relay';
      this.fromRelay.send(() => this.listener.ended({ by, code, reason: reason.toString() }));
    });
  }

  private put(frame: Frame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(frame);
  }
}
