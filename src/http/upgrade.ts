import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { acceptOnLane, socketBounds } from '../../relay';
import { realtimeSubprotocol } from '../auth/credential';
import type { Limits, OrgConfig } from '../config';
import type { Metrics } from '../metrics';
import type { ConnectRate } from '../quota/connect-rate';
import type { Place } from '../quota/places';
import type { ClientWishes } from '../sessions';
import { announcesBody, repeatedHeader } from './ambiguity';
import type { ClientEntrance } from './client-entrance';
import { type Refusal, refusal } from './refusal';
import { refuseSocket } from './refuse-socket';

/** Where Realtime clients connect. */
export const realtimePath = '/v1/realtime';

/** A further way in for WebSockets, beside that of Realtime clients. */
export interface Entrance {
  /** Judges a request that is for this entrance; undefined where it is not. */
  judge(request: IncomingMessage): Promise<Entry | Refusal> | undefined;
}

/** How a WebSocket that was let in is opened. */
export interface Entry {
  /** Bytes of the largest message it may send. */
  readonly maxMessageBytes: number;
  /** The only subprotocol that may be selected, where it is offered; left out: none. */
  readonly subprotocol?: string | undefined;
  /** Takes over the open socket; called in the tick in which it opened, so that no message is missed. */
  readonly open: (client: WebSocket) => void;
  /** Called where it is never opened: whoever asked has gone, or was refused after all. What was taken is given back. */
  readonly abandoned?: () => void;
}

/** What the entrance for WebSockets is made with. */
export interface UpgradeOptions {
  /** Where Realtime clients come in. */
  readonly entrance: ClientEntrance;
  readonly rate: ConnectRate;
  readonly limits: Pick<Limits, 'handshakeMs'>;
  readonly metrics: Pick<Metrics, 'refused'>;
  readonly isDraining: () => boolean;
  /** Takes over an open socket; called in the tick in which it opened, so that no message is missed. */
  readonly open: (client: WebSocket, org: OrgConfig, place: Place, wishes: ClientWishes) => void;
  /** Where telephone calls come in. */
  readonly media?: Entrance | undefined;
}

/**
 * Lets WebSocket clients in. Whatever can be refused is refused before the connection becomes a WebSocket, with an HTTP
 * status and a JSON body: most client libraries show those, and no close code would say as much.
 */
export function addUpgrade(server: Server, options: UpgradeOptions): void {
  const { entrance, rate, limits, metrics, isDraining, open, media } = options;
  const acceptorFor = createAcceptors(metrics);

  const judge = async (request: IncomingMessage): Promise<Entry | Refusal> => {
    if (isDraining()) return refusal.draining();
    if (!(await rate.allows(request.socket.remoteAddress ?? ''))) return refusal.tooManyConnects();
    // Node would take the body for the first frames; a proxy that knows better could be made to pass on what hides there.
    if (announcesBody(request)) return refusal.malformed('A request for a WebSocket has no body.');
    const repeated = repeatedHeader(request);
    if (repeated !== undefined) return refusal.repeated(repeated);
    const verdict = await (pathOf(request) === realtimePath ? judgeClient(request) : media?.judge(request));
    if (verdict === undefined) return refusal.notFound();
    // Time has passed since the first look.
    if (!isDraining() || 'status' in verdict) return verdict;
    verdict.abandoned?.();
    return refusal.draining();
  };

  const judgeClient = async (request: IncomingMessage): Promise<Entry | Refusal> => {
    const client = await entrance(request);
    if ('status' in client) return client;
    const { org, place } = client;
    return {
      maxMessageBytes: org.limits.maxMessageBytes,
      subprotocol: realtimeSubprotocol,
      open: (socket) => open(socket, org, place, wishesOf(request)),
      abandoned: () => place.leave(),
    };
  };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // First of all: a reset while the request is being judged would otherwise bring the process down.
    socket.on('error', ignore);

    let isAnswered = false;
    const answerOnce = (answer: () => void) => {
      if (isAnswered) return;
      isAnswered = true;
      clearTimeout(deadline);
      answer();
    };
    const refuse = (why: Refusal) =>
      answerOnce(() => {
        metrics.refused(why.code);
        refuseSocket(socket, why);
      });
    const accept = (entry: Entry) => {
      const opened: WebSocket[] = [];
      answerOnce(() =>
        acceptOnLane(acceptorFor(entry), { request, socket, head }, (client) => {
          opened.push(client);
          entry.open(client);
        }),
      );
      // Who is late, has gone, or sent what is no handshake, is known in this tick.
      if (opened.length === 0) entry.abandoned?.();
    };

    const deadline = setTimeout(() => refuse(refusal.handshakeTimeout()), limits.handshakeMs);
    judge(request).then(
      (verdict) => ('status' in verdict ? refuse(verdict) : accept(verdict)),
      () => refuse(refusal.internal()),
    );
  });
}

/** Made here, where it keeps nothing alive: it stays with its socket, and what is declared beside the judging holds the request. */
function ignore(): void {
  // What matters of it is told by the socket's close.
}

/** One acceptor for each message size and subprotocol in use; all else is the same for everyone. */
function createAcceptors(metrics: Pick<Metrics, 'refused'>): (entry: Omit<Entry, 'open'>) => WebSocketServer {
  const acceptors = new Map<string, WebSocketServer>();
  return ({ maxMessageBytes, subprotocol = '' }) => {
    const kind = `${maxMessageBytes} ${subprotocol}`;
    const known = acceptors.get(kind);
    if (known) return known;
    // A variable, because the types of ws do not know `closeTimeout` yet.
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      ...socketBounds(maxMessageBytes),
      closeTimeout: closeTimeoutMs,
      // Left to itself, ws selects the first protocol offered, which may be the one that carries the credential.
      handleProtocols: (offered: Set<string>) => (offered.has(subprotocol) ? subprotocol : false),
    };
    const acceptor = new WebSocketServer(options);
    acceptor.on('wsClientError', (_error, socket) => {
      const why = refusal.malformed('This is no WebSocket handshake.');
      metrics.refused(why.code);
      refuseSocket(socket, why);
    });
    acceptors.set(kind, acceptor);
    return acceptor;
  };
}

/** Milliseconds a peer has to answer a close. */
const closeTimeoutMs = 2_000;

/** The path without the query: a client's `model` is ignored, because the model is the relay's to choose. */
const pathOf = ({ url = '/' }: IncomingMessage) => url.split('?', 1)[0];

/** The one parameter that counts; another value of it than `1` is ignored like every other parameter. */
const wishesOf = ({ url = '/' }: IncomingMessage): ClientWishes => ({
  activity: new URLSearchParams(url.split('?')[1]).get('activity') === '1',
});
