import type { UnavailableReason } from '../../pipeline';

/** Why a request is not served: status, and the body every HTTP error of the relay has. */
export interface Refusal {
  readonly status: number;
  readonly type: ErrorType;
  /** Stable; made to be matched on. */
  readonly code: string;
  /** For people; never holds anything secret. */
  readonly message: string;
  /** The field or header it is about. */
  readonly param: string | null;
  /** Sent as `Retry-After`. */
  readonly retryAfterS?: number;
  /** How somebody who is not known is to make himself known; left out: with a key or token. */
  readonly challenge?: string;
}

export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'conflict_error'
  | 'rate_limit_error'
  | 'server_error';

/** The body of an HTTP error. */
export const errorBody = ({ type, code, message, param }: Refusal) => ({ error: { type, code, message, param } });

/** The headers that go with an HTTP error. */
export function errorHeaders({ status, retryAfterS, challenge = 'Bearer' }: Refusal): Record<string, string> {
  return {
    ...(status === 401 ? { 'www-authenticate': challenge } : {}),
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  };
}

const make = (
  status: number,
  type: ErrorType,
  code: string,
  message: string,
  more: Partial<Pick<Refusal, 'retryAfterS' | 'challenge'>> & { readonly param?: string } = {},
): Refusal => ({ status, type, code, message, param: null, ...more });

/** Every refusal of the HTTP side, in one place. */
export const refusal = {
  malformed: (message: string, param?: string) =>
    make(400, 'invalid_request_error', 'invalid_request', message, param === undefined ? {} : { param }),

  wrongDialplan: (parameter: 'called' | 'call') =>
    make(
      400,
      'invalid_request_error',
      'invalid_request',
      'The address of the stream needs "called", the number that was called, and "call", the caller’s channel, once each.',
      { param: parameter },
    ),

  repeated: (header: string) =>
    make(400, 'invalid_request_error', 'invalid_request', `The header "${header}" may stand here only once.`, {
      param: header,
    }),

  noCredential: () =>
    make(401, 'authentication_error', 'missing_credential', 'Send a key as "Authorization: Bearer <key>".'),
  wrongCredential: () => make(401, 'authentication_error', 'invalid_credential', 'The credential is not valid here.'),
  noCallbackCredential: () =>
    make(
      401,
      'authentication_error',
      'missing_credential',
      'Send the callback secret as "Authorization: Bearer <secret>", or sign the request with it.',
    ),
  keyRequired: () =>
    make(401, 'authentication_error', 'key_required', 'This credential is not for this: send a key of the org.'),
  operatorOnly: () =>
    make(401, 'authentication_error', 'operator_key_required', 'Send the operator key (OPERATOR_KEY).'),
  tokenExpired: () =>
    make(401, 'authentication_error', 'token_expired', 'The client token has expired: fetch a new one.'),

  wrongLineCredential: () =>
    make(
      401,
      'authentication_error',
      'invalid_credential',
      'Send the user name and password of a telephone line (HTTP Basic).',
      { challenge: 'Basic realm="telephony"' },
    ),

  unknownOrg: (param = 'org_id') =>
    make(403, 'permission_error', 'unknown_org', 'The org is not known here.', { param }),
  otherOrg: () =>
    make(403, 'permission_error', 'other_org', 'The credential is not for this org.', { param: 'org_id' }),
  originNotAllowed: () =>
    make(403, 'permission_error', 'origin_not_allowed', 'Pages of this origin may not connect: see "allowedOrigins".', {
      param: 'Origin',
    }),

  wrongSignature: () => make(403, 'permission_error', 'wrong_signature', 'The request is not signed by the carrier.'),
  wrongMediaToken: () =>
    make(403, 'permission_error', 'invalid_media_token', 'The address of the stream is not valid.'),
  mediaTokenExpired: () => make(403, 'permission_error', 'media_token_expired', 'The stream comes too late.'),
  mediaTokenUsed: () =>
    make(403, 'permission_error', 'media_token_used', 'There has been a stream at this address already.'),

  callUsed: () => make(403, 'permission_error', 'call_used', 'There has been a stream of this call already.'),

  unknownNumber: () => make(404, 'not_found_error', 'unknown_number', 'The number that was called is nobody’s here.'),
  notFound: () => make(404, 'not_found_error', 'not_found', 'There is nothing at this address for this method.'),
  unknownTool: () => make(404, 'not_found_error', 'unknown_tool', 'The org has no such tool.', { param: 'tool_name' }),
  unknownIntent: () => make(404, 'not_found_error', 'unknown_intent', 'There is no such intent.'),
  handshakeTimeout: () =>
    make(408, 'server_error', 'handshake_timeout', 'The connection could not be admitted in time.', { retryAfterS: 1 }),
  requestTimeout: () => make(408, 'invalid_request_error', 'request_timeout', 'The request did not arrive in time.'),
  inFlight: (state: string) =>
    make(409, 'conflict_error', 'in_flight', `The intent is ${state}: somebody is at work on it. Try again.`, {
      retryAfterS: 5,
    }),
  wrongState: (state: string, possible: readonly string[]) =>
    make(
      409,
      'conflict_error',
      'wrong_state',
      `The intent is ${state}, so this is not possible; possible now: ${possible.join(', ') || 'nothing'}.`,
    ),
  intentMoved: (state: string, fence: number) =>
    make(
      409,
      'conflict_error',
      'intent_moved',
      `The intent was claimed again since it was looked at: it is ${state} at fence ${fence} now. Look at it again.`,
      { param: 'fence' },
    ),
  noRelay: () =>
    make(
      409,
      'conflict_error',
      'no_relay',
      'Nothing can be sent without a relay: start one on this store ("realtime-relay serve"), then resend.',
    ),
  noWebhook: () =>
    make(409, 'conflict_error', 'no_webhook', 'The org has no webhook that it could be sent to: set one.'),
  tooLarge: (maxBytes: number) =>
    make(413, 'invalid_request_error', 'body_too_large', `The body may be ${maxBytes} bytes long.`),
  notJson: () =>
    make(415, 'invalid_request_error', 'unsupported_media_type', 'Send "Content-Type: application/json".', {
      param: 'Content-Type',
    }),
  notWebSocket: () =>
    make(426, 'invalid_request_error', 'upgrade_required', 'Connect to this address with a WebSocket.'),

  headTooLarge: (maxBytes: number) =>
    make(431, 'invalid_request_error', 'headers_too_large', `The headers may be ${maxBytes} bytes long.`),

  tooManySessions: () =>
    make(429, 'rate_limit_error', 'too_many_sessions', 'The org has as many sessions as it may.', { retryAfterS: 5 }),
  tooManyConnects: () =>
    make(429, 'rate_limit_error', 'too_many_connects', 'This address connects too often.', { retryAfterS: 1 }),
  tooManyRequests: (whose: 'The org' | 'The operator' = 'The org') =>
    make(429, 'rate_limit_error', 'too_many_requests', `${whose} has as many requests under way as may be.`, {
      retryAfterS: 1,
    }),

  internal: () => make(500, 'server_error', 'internal_error', 'The relay failed at this request.'),
  storeUnavailable: (reason: UnavailableReason) =>
    make(503, 'server_error', 'store_unavailable', `The store of intents does not answer: store ${reason}.`, {
      retryAfterS: 5,
    }),
  draining: () => make(503, 'server_error', 'draining', 'The relay is stopping: use another one.', { retryAfterS: 5 }),
} as const;
