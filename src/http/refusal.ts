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
}

export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'server_error';

/** The body of an HTTP error. */
export const errorBody = ({ type, code, message, param }: Refusal) => ({ error: { type, code, message, param } });

/** The headers that go with an HTTP error. */
export function errorHeaders({ status, retryAfterS }: Refusal): Record<string, string> {
  return {
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  };
}

const make = (
  status: number,
  type: ErrorType,
  code: string,
  message: string,
  more: { readonly param?: string; readonly retryAfterS?: number } = {},
): Refusal => ({ status, type, code, message, param: null, ...more });

/** Every refusal of the HTTP side, in one place. */
export const refusal = {
  malformed: (message: string, param?: string) =>
    make(400, 'invalid_request_error', 'invalid_request', message, param === undefined ? {} : { param }),

  repeated: (header: string) =>
    make(400, 'invalid_request_error', 'invalid_request', `The header "${header}" may stand here only once.`, {
      param: header,
    }),

  noCredential: () =>
    make(401, 'authentication_error', 'missing_credential', 'Send a key as "Authorization: Bearer <key>".'),
  wrongCredential: () => make(401, 'authentication_error', 'invalid_credential', 'The credential is not valid here.'),
  keyRequired: () =>
    make(401, 'authentication_error', 'key_required', 'This credential is not for this: send a key of the org.'),
  operatorOnly: () => make(401, 'authentication_error', 'operator_key_required', 'Send the operator key.'),
  tokenExpired: () =>
    make(401, 'authentication_error', 'token_expired', 'The client token has expired: fetch a new one.'),

  unknownOrg: () => make(403, 'permission_error', 'unknown_org', 'The org is not known here.', { param: 'org_id' }),
  otherOrg: () =>
    make(403, 'permission_error', 'other_org', 'The credential is not for this org.', { param: 'org_id' }),
  originNotAllowed: () =>
    make(403, 'permission_error', 'origin_not_allowed', 'Pages of this origin may not connect: see "allowedOrigins".', {
      param: 'Origin',
    }),

  notFound: () => make(404, 'not_found_error', 'not_found', 'There is nothing at this address for this method.'),
  unknownTool: () => make(404, 'not_found_error', 'unknown_tool', 'The org has no such tool.', { param: 'tool_name' }),
  handshakeTimeout: () =>
    make(408, 'server_error', 'handshake_timeout', 'The connection could not be admitted in time.', { retryAfterS: 1 }),
  requestTimeout: () => make(408, 'invalid_request_error', 'request_timeout', 'The request did not arrive in time.'),
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
  tooManyRequests: () =>
    make(429, 'rate_limit_error', 'too_many_requests', 'The org has as many requests under way as it may.', {
      retryAfterS: 1,
    }),

  internal: () => make(500, 'server_error', 'internal_error', 'The relay failed at this request.'),
  storeUnavailable: () =>
    make(503, 'server_error', 'store_unavailable', 'The store of intents does not answer.', { retryAfterS: 5 }),
  draining: () => make(503, 'server_error', 'draining', 'The relay is stopping: use another one.', { retryAfterS: 5 }),
} as const;
