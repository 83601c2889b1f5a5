import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify';
import { StoreUnavailableError } from '../../pipeline';
import type { RelayConfig } from '../config';
import type { Tls } from '../config/tls';
import type { Logger } from '../log';
import type { Metrics } from '../metrics';
import { announcesBody, repeatedHeader } from './ambiguity';
import { takeOnlyJson } from './json-body';
import { errorBody, errorHeaders, type Refusal, refusal } from './refusal';
import { refuseSocket } from './refuse-socket';
import { RefusedError } from './refused-error';

/** What the HTTP side is made with. */
export interface AppOptions {
  readonly config: Pick<RelayConfig, 'limits' | 'listen'>;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'refused'>;
}

/** Bytes of a request's head. */
const maxHeaderSize = 16_384;

/** Milliseconds in which a whole request must have arrived, where its head may not take longer. */
const requestMs = 30_000;

/**
 * An HTTP server without routes: bounded in every direction, logging each request in one line, and answering whatever
 * goes wrong in one shape.
 */
export function createApp({ config, log, metrics }: AppOptions): FastifyInstance {
  const { limits, listen } = config;
  // Named, or the app's type would be one that only a pino logger fits.
  const loggerInstance: FastifyBaseLogger = log.child({ part: 'http' });
  const app = fastify({
    serverFactory: (handler) => createServer(listen.tls, limits.handshakeMs, handler),
    loggerInstance,
    // What a line of the log names must be told apart from what earlier processes served.
    genReqId: () => randomUUID(),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.httpBodyBytes,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (_error, _request, reply) => {
      void send(reply, refusal.malformed('The address of the request cannot be read.'));
    },
    clientErrorHandler: (error, socket: Socket) => {
      const why = connectionRefusal(error.code);
      if (isTlsFault(error.code)) metrics.refused('tls_handshake_failed');
      else if (why && socket.writable) metrics.refused(why.code);
      // Where there is no HTTP an answer would wait for ever: for a handshake, or for a peer that is gone.
      if (why) refuseSocket(socket, why);
      else socket.destroy();
    },
  });

  const send = (reply: FastifyReply, why: Refusal) => {
    metrics.refused(why.code);
    return reply.code(why.status).headers(errorHeaders(why)).send(errorBody(why));
  };

  takeOnlyJson(app);
  app.setNotFoundHandler((_request, reply) => send(reply, refusal.notFound()));
  app.setErrorHandler((error: FastifyError | RefusedError | StoreUnavailableError, request, reply) => {
    if (error instanceof RefusedError) return send(reply, error.refusal);
    if (error instanceof StoreUnavailableError) return send(reply, refusal.storeUnavailable(error.reason));
    const why = refusalFor(error, request.routeOptions.bodyLimit);
    if (why.status >= 500) request.log.error({ err: error }, 'Request failed');
    return send(reply, why);
  });
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const repeated = repeatedHeader(raw);
    done(repeated === undefined ? undefined : new RefusedError(refusal.repeated(repeated)));
  });
  app.addHook('onSend', async ({ raw }, reply, payload) => {
    // Answered before its body was read, a request leaves a connection on which nobody can tell what comes next.
    if (announcesBody(raw) && !raw.complete) reply.header('connection', 'close');
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const line = {
      method,
      route: routeOptions.url ?? 'none',
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    };
    request.log.debug(line, 'Request served');
  });
  return app;
}

/**
 * `handshakeMs` bounds each step of getting in, so that whoever connects and says nothing is gone soon: the TLS
 * handshake, and the head of a request.
 */
function createServer(tls: Tls | undefined, handshakeMs: number, handler: RequestListener): Server {
  const options = {
    maxHeaderSize,
    headersTimeout: handshakeMs,
    requestTimeout: Math.max(requestMs, handshakeMs),
    connectionsCheckingInterval: Math.min(handshakeMs, 1_000),
    // Anything else that asks for an upgrade, such as HTTP/2 over plain text, is served as if it had not asked.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  return tls
    ? createHttpsServer({ ...options, ...tls, handshakeTimeout: handshakeMs }, handler)
    : createHttpServer(options, handler);
}

function refusalFor({ code, statusCode }: FastifyError, maxBytes: number): Refusal {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refusal.tooLarge(maxBytes);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refusal.notJson();
    default:
      return statusCode !== undefined && statusCode < 500
        ? refusal.malformed('The body must be valid JSON, and as long as its headers say.')
        : refusal.internal();
  }
}

/** For what is wrong before there is a request; undefined where nobody is there who could read an answer. */
function connectionRefusal(code: string): Refusal | undefined {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return refusal.headTooLarge(maxHeaderSize);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal.requestTimeout();
    default:
      return code.startsWith('HPE_') ? refusal.malformed('This is no HTTP request.') : undefined;
  }
}

const isTlsFault = (code: string) => /^ERR_(SSL|TLS)_/.test(code);
