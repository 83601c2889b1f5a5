import { type WebSocket } from 'ws';
import { type SessionLimits } from './limits';
import { socketBounds } from './socket-bounds';
import { type ConnectFailure } from './protocol/errors';
import { connectOnLane } from './wire/lanes';

/** Where the model is and how to get in. */
export interface UpstreamTarget {
  /** WebSocket URL without `model`, for instance `wss://api.openai.com/v1/realtime`; other query parameters are kept. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`, or as `api-key` to hosts under `.azure.com` (protocol reference, section 1.1). */
  readonly apiKey: string;
  /** Model, or Azure deployment. */
  readonly model: string;
  /** Certificate authorities to trust instead of the system's, PEM; for compatible servers with their own. */
  readonly ca?: string;
}

/** Opens a socket to upstream. It never throws for what the network does; failures come as `error` events. */
export function connectUpstream(target: UpstreamTarget, limits: SessionLimits): WebSocket {
  const url = new URL(target.url);
  url.searchParams.set('model', target.model);
  return connectOnLane(url, {
    headers: isAzure(url) ? { 'api-key': target.apiKey } : { authorization: `Bearer ${target.apiKey}` },
    // Base64 audio hardly compresses, and the library would offer compression by default.
    perMessageDeflate: false,
    ...socketBounds(limits.upstreamMessageBytes),
    handshakeTimeout: limits.upstreamConnectMs,
    followRedirects: false,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
  });
}

/**
 * Calls back once if the connection does not come about, with the reason. A refusal over HTTP carries its status, which
 * the library's own `error` event would only spell out in a message.
 */
export function onConnectFailure(socket: WebSocket, report: (failure: ConnectFailure) => void): void {
  socket.on('unexpected-response', (request, response) => {
    response.resume();
    request.destroy();
    report({ kind: 'status', status: response.statusCode ?? 0 });
  });
  const onError = (error: Error): void => {
    report(classify(error));
  };
  socket.once('error', onError);
  socket.once('open', () => socket.off('error', onError));
}

/** The kind of a connection error, by its code; TLS has many. */
function classify(error: Error & { readonly code?: string }): ConnectFailure {
  const code = error.code ?? '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'dns' };
  if (code === 'ETIMEDOUT' || error.message === 'Opening handshake has timed out') return { kind: 'timeout' };
  if (tlsCodes.test(code)) return { kind: 'tls' };
  return { kind: 'network' };
}

const tlsCodes = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|EPROTO|CRL|HOSTNAME/;

function isAzure(url: URL): boolean {
  return url.hostname.endsWith('.azure.com');
}
