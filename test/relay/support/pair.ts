import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import {
  defaultSessionLimits,
  startSession,
  type PhoneClient,
  type Session,
  type SessionLimits,
  type SessionLog,
  type SessionMeter,
  type SessionTap,
  type ToolRunner,
} from '../../../relay';
import { Inbox } from './inbox';

/** A relay session on real sockets between a test's client and a test's upstream. */
export interface Pair {
  readonly client: Inbox;
  readonly session: Session;
  /** Upstream's end of the relay's connection. */
  readonly upstream: () => Promise<Inbox>;
  readonly log: LogLine[];
}

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

/** Starts relays and ends everything it started. */
export class Pairs {
  private readonly servers: Server[] = [];
  private readonly sockets: WebSocket[] = [];
  private readonly connections = new Set<Socket>();

  /** A server the relay can take for upstream, and the sockets it accepts. */
  async upstream(): Promise<{ readonly url: string; readonly accepted: () => Promise<Inbox> }> {
    const server = await this.listen(createServer());
    const sockets = new WebSocketServer({ server, maxPayload: 64 * 1024 * 1024 });
    const first = once(sockets, 'connection').then(([socket]: WebSocket[]) => new Inbox(this.keep(socket)));
    return { url: urlOf(server), accepted: () => first };
  }

  /** Any HTTP server in the place of upstream. */
  async server(server: Server): Promise<string> {
    return urlOf(await this.listen(server));
  }

  /** A session whose client is a real socket. `url` defaults to a fresh upstream. */
  async open(
    options: {
      readonly url?: string;
      readonly limits?: Partial<SessionLimits>;
      readonly tools?: ToolRunner;
      readonly client?: ClientOptions;
      readonly config?: Record<string, unknown>;
      /** Members that take the place of the one that keeps its lines. */
      readonly log?: Partial<SessionLog>;
      readonly meter?: SessionMeter;
      readonly tap?: SessionTap;
      /** Stands between the client's socket and the session. */
      readonly phone?: PhoneClient;
    } = {},
  ): Promise<Pair> {
    const upstream = options.url === undefined ? await this.upstream() : undefined;
    const limits = { ...defaultSessionLimits, ...options.limits };
    const server = await this.listen(createServer());
    const front = new WebSocketServer({ server, maxPayload: limits.maxMessageBytes });
    const log: LogLine[] = [];
    const line = (level: string) => (fields: object, message: string) => void log.push({ level, fields, message });
    const started = once(front, 'connection').then(([socket]: WebSocket[]) => {
      const accepted = this.keep(socket);
      const session = startSession({
        id: 'session_1',
        client: options.phone?.open ?? accepted,
        upstream: { url: options.url ?? upstream?.url ?? '', apiKey: 'sk-upstream', model: 'gpt-realtime-2.1' },
        config: options.config ?? { type: 'realtime', instructions: 'be brief', tools: [] },
        tools: options.tools ?? { prepare: () => ({ execute: () => Promise.resolve({ output: '{}' }) }) },
        limits,
        log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error'), ...options.log },
        ...(options.meter === undefined ? {} : { meter: options.meter }),
        ...(options.tap === undefined ? {} : { tap: options.tap }),
      });
      options.phone?.attach(accepted);
      return session;
    });
    const client = new Inbox(new WebSocket(urlOf(server), options.client));
    this.keep(client.socket);
    const session = await started;
    return { client, session, log, upstream: () => upstream?.accepted() ?? Promise.reject(new Error('not ours')) };
  }

  /** A session that upstream has configured. */
  async live(options: Parameters<Pairs['open']>[0] = {}): Promise<Pair & { readonly up: Inbox }> {
    const pair = await this.open(options);
    const up = await pair.upstream();
    up.send({ type: 'session.created', event_id: 'event_1', session: { type: 'realtime' } });
    await up.next('session.update');
    up.send({ type: 'session.updated', event_id: 'event_2', session: { type: 'realtime' } });
    await pair.client.next('session.created');
    return { ...pair, up };
  }

  /** A socket of its own to anywhere. */
  connect(url: string): WebSocket {
    return this.keep(new WebSocket(url));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.splice(0)) socket.terminate();
    for (const connection of this.connections) connection.destroy();
    await Promise.all(this.servers.splice(0).map(shut));
  }

  private keep(socket: WebSocket | undefined): WebSocket {
    if (socket === undefined) throw new Error('no socket');
    this.sockets.push(socket);
    return socket;
  }

  private async listen(server: Server): Promise<Server> {
    this.servers.push(server);
    server.on('connection', (socket) => this.connections.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }
}

function urlOf(server: Server): string {
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`;
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
