import type { IncomingMessage } from 'node:http';
import { type CredentialPlace, type Dialect, dialects } from './dialect';
import type { SimulatorOptions } from './options';

/** What a request to open a session comes to, before any socket. */
export type Verdict =
  | { readonly kind: 'accept'; readonly model: string; readonly credentialIn: CredentialPlace }
  /** Accepted, told what is wrong, and closed with 4000 (protocol reference, section 1.2). */
  | { readonly kind: 'beta' }
  | { readonly kind: 'refuse'; readonly status: number; readonly error: HttpError };

/** The `error` of OpenAI's HTTP answers. */
export interface HttpError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** Judges a handshake as OpenAI does, or Azure (protocol reference, section 1.1). */
export function judgeHandshake(request: IncomingMessage, options: SimulatorOptions): Verdict {
  const dialect = dialects[options.dialect ?? 'openai'];
  const url = new URL(request.url ?? '/', 'http://simulator');
  if (url.pathname !== dialect.path) return refuse(404, 'invalid_request_error', `Invalid URL (GET ${url.pathname})`);
  const credential = credentialOf(request, url, dialect);
  if (credential === undefined) {
    return refuse(401, 'invalid_request_error', 'Missing bearer authentication in header', null);
  }
  if (options.apiKeys !== undefined && !options.apiKeys.includes(credential.text)) {
    return refuse(401, 'invalid_request_error', 'Incorrect API key provided.', 'invalid_api_key');
  }
  const refused = dialect.refusedQuery.find((name) => url.searchParams.has(name));
  if (refused !== undefined) {
    return refuse(401, 'invalid_request_error', `'${refused}' does not belong to this endpoint.`, null, refused);
  }
  if (asksForBeta(request)) {
    return { kind: 'beta' };
  }
  const given = ['model', 'call_id', 'intent'].filter((name) => url.searchParams.has(name));
  if (given.length !== 1) {
    return refuse(
      400,
      'invalid_request_error',
      'Exactly one of model, call_id and intent must be given.',
      null,
      'model',
    );
  }
  const model = url.searchParams.get('model');
  if (model === null) {
    return refuse(400, 'invalid_request_error', 'Only sessions with a model are simulated.', null, given[0] ?? null);
  }
  if (!(options.models?.includes(model) ?? dialect.models.test(model))) {
    return refuse(404, 'invalid_request_error', `The model '${model}' does not exist.`, 'model_not_found', 'model');
  }
  return { kind: 'accept', model, credentialIn: credential.place };
}

/** Of the subprotocols a browser offers only `realtime` is ever selected: the others carry credentials. */
export function selectProtocol(offered: ReadonlySet<string>): string | false {
  return offered.has('realtime') ? 'realtime' : false;
}

/** What a status says of itself when a test asks for it without words. */
export function defaultError(status: number): HttpError {
  const [type, code, message] = DEFAULT_ERRORS[status] ?? [
    'server_error',
    null,
    'The server had an error while processing your request.',
  ];
  return { message, type, param: null, code };
}

const DEFAULT_ERRORS: Record<number, readonly [type: string, code: string | null, message: string]> = {
  400: ['invalid_request_error', null, 'The request is not valid.'],
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  403: ['invalid_request_error', 'model_not_found', 'Project does not have access to the model.'],
  404: ['invalid_request_error', 'model_not_found', 'The model does not exist or you do not have access to it.'],
  429: ['insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.'],
};

const KEY_PROTOCOL = 'openai-insecure-api-key.';

interface Credential {
  readonly place: CredentialPlace;
  readonly text: string;
}

/** The first credential there is, among the places of the dialect. */
function credentialOf(request: IncomingMessage, url: URL, { credentials }: Dialect): Credential | undefined {
  return credentials
    .map((place) => ({ place, text: textAt(place, request, url) ?? '' }))
    .find(({ text }) => text !== '');
}

function textAt(place: CredentialPlace, request: IncomingMessage, url: URL): string | undefined {
  switch (place) {
    case 'bearer':
      return /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    case 'api-key header':
      return [request.headers['api-key']].flat()[0];
    case 'api-key query':
      return url.searchParams.get('api-key') ?? undefined;
    case 'subprotocol':
      return offeredProtocols(request)
        .find((name) => name.startsWith(KEY_PROTOCOL))
        ?.slice(KEY_PROTOCOL.length);
  }
}

function asksForBeta(request: IncomingMessage): boolean {
  return (
    [request.headers['openai-beta']].flat().some((value) => value?.includes('realtime=v1') === true) ||
    offeredProtocols(request).includes('openai-beta.realtime-v1')
  );
}

function offeredProtocols(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

function refuse(
  status: number,
  type: string,
  message: string,
  code: string | null = null,
  param: string | null = null,
): Verdict {
  return { kind: 'refuse', status, error: { message, type, param, code } };
}
