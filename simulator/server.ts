import { createServer as createHttpServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type CredentialPlace, type Dialect, dialects } from './dialect';
import type { Faults, HandshakeFault } from './faults';
import { defaultError, type HttpError, judgeHandshake, selectProtocol } from './handshake';
import { ruleModel } from './model/rule-model';
import type { SimulatorOptions } from './options';
import { DEFAULT_PACE } from './pace';
import { errorEvent, stamp } from './protocol/events';
import { createIdSource } from './protocol/ids';
import { refuse } from './protocol/refusal';
import { parseScenario } from './scenario/load';
import { ScenarioModel } from './scenario/scenario-model';
import { SocketSession } from './socket-session';

/** A running simulator. */
export interface Simulator {
  /** `ws://…/v1/realtime`, or `wss:` with TLS, and with Azure's path in its dialect; a client adds `?model=`. */
  readonly url: string;
  readonly port: number;
  /** Every session so far, in order of opening, open or closed. */
  readonly sessions: readonly SocketSession[];
  /** Handshakes so far, the refused and the hanging ones too. */
  readonly handshakes: number;
  /** What goes wrong; change it at any time. */
  faults: Faults;
  /** The session with this number, from 0, as soon as it is open. */
  session(index: number): Promise<SocketSession>;
  /** Ends every session without ceremony and stops listening. */
  close(): Promise<void>;
}

/** One 15 MiB append fits, and what surrounds it. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;

/**
 * Starts a stand-in for the OpenAI Realtime API.
 * @throws {ScenarioError} if the scenario is not valid; an `EADDRINUSE` and the like if it cannot listen.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const simulator = new RealtimeSimulator(options, host);
  await simulator.listen(options.port ?? 0, host);
  return simulator;
}

class RealtimeSimulator implements Simulator {
  readonly sessions: SocketSession[] = [];
  handshakes = 0;
  faults: Faults;
  private opened = 0;
  private readonly arrivals = new Map<number, (session: SocketSession) => void>();
  private readonly connections = new Set<Duplex>();
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: selectProtocol,
  });
  private readonly ids;
  private readonly scenario;
  private readonly dialect: Dialect;

  constructor(
    private readonly options: SimulatorOptions,
    private readonly host: string,
  ) {
    this.faults = options.faults ?? {};
    this.dialect = dialects[options.dialect ?? 'openai'];
    this.ids = createIdSource(options.seed);
    this.scenario = parseScenario(options.scenario ?? { name: 'rule model' }, 'The scenario');
    this.server = options.tls === undefined ? createHttpServer() : createHttpsServer(options.tls);
    this.server.on('connection', (connection: Duplex) => {
      this.connections.add(connection);
      connection.on('close', () => this.connections.delete(connection));
    });
    this.server.on('request', (request, response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(bodyOf({ ...defaultError(404), code: null, message: `Invalid URL (${request.method ?? 'GET'})` }));
    });
    this.server.on('upgrade', (request, connection, head) => this.upgrade(request, connection, head));
  }

  get port(): number {
    // A cast, because `address` is a string only for servers on a pipe.
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return `${this.options.tls === undefined ? 'ws' : 'wss'}://${host}:${this.port}${this.dialect.path}`;
  }

  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
  }

  session(index: number): Promise<SocketSession> {
    const known = this.sessions[index];
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => this.arrivals.set(index, resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    for (const connection of this.connections) connection.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    connection.on('error', () => connection.destroy());
    this.handshakes += 1;
    const fault = this.faults.handshake;
    if (fault !== undefined) {
      this.spoil(fault, connection);
      return;
    }
    const verdict = judgeHandshake(request, this.options);
    if (verdict.kind === 'refuse') {
      this.options.log?.(`handshake refused with ${verdict.status}`);
      answer(connection, verdict.status, verdict.error);
      return;
    }
    this.sockets.handleUpgrade(request, connection, head, (socket) => {
      if (verdict.kind === 'beta') refuseBeta(socket, this.ids.next('event'));
      else this.open(socket, verdict);
    });
  }

  private spoil(fault: HandshakeFault, connection: Duplex): void {
    if (fault === 'hang') return;
    if (fault === 'drop') {
      connection.destroy();
      return;
    }
    const error = defaultError(fault.status);
    answer(
      connection,
      fault.status,
      { ...error, code: fault.code ?? error.code, message: fault.message ?? error.message },
      fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter },
    );
  }

  private open(
    socket: WebSocket,
    { model, credentialIn }: { readonly model: string; readonly credentialIn: CredentialPlace },
  ): void {
    const { options, scenario, dialect } = this;
    const session = new SocketSession({
      socket,
      model,
      credentialIn,
      dialect,
      deployments: options.models,
      mind: new ScenarioModel(scenario, ruleModel),
      heard: [...(options.heard ?? []), ...scenario.heard],
      defaultHeard: options.defaultHeard ?? 'Hello.',
      quirks: scenario.quirks,
      ids: this.ids,
      pace: options.pace ?? DEFAULT_PACE,
      faults: () => this.faults,
      sessionMaxMs: options.sessionMaxMs ?? 3_600_000,
      journalEntries: options.journalEntries ?? 5_000,
      now: options.now ?? (() => new Date()),
    });
    options.log?.(`session opened ${session.id}`);
    socket.on('close', (code) => options.log?.(`session closed ${session.id} ${code}`));
    this.remember(session);
  }

  private remember(session: SocketSession): void {
    this.sessions.push(session);
    this.arrivals.get(this.opened)?.(session);
    this.arrivals.delete(this.opened);
    this.opened += 1;
    const closed = this.sessions.filter(({ closedWith }) => closedWith !== undefined);
    const surplus = closed.length - (this.options.closedSessions ?? 1_000);
    for (const old of closed.slice(0, Math.max(0, surplus))) this.sessions.splice(this.sessions.indexOf(old), 1);
  }
}

/** An HTTP answer on a connection that asked for a WebSocket. */
function answer(
  connection: Duplex,
  status: number,
  error: HttpError,
  headers: Record<string, string | number> = {},
): void {
  const body = bodyOf(error);
  const lines = Object.entries({
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

function bodyOf(error: HttpError): string {
  return JSON.stringify({ error });
}

function refuseBeta(socket: WebSocket, eventId: string): void {
  const message = 'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.';
  socket.on('error', () => undefined);
  socket.send(JSON.stringify(stamp(errorEvent(refuse('beta_api_shape_disabled', message), null), eventId)));
  socket.close(4000, 'invalid_request_error.beta_api_shape_disabled');
}
