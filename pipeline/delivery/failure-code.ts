/**
 * A stable word for why an exchange failed, from the error's own code. For logs and records only: what it proves is
 * decided by how far the request got, never by this.
 */
export function failureCode(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return 'failed';
  return words.get(code) ?? prefixes.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'failed';
}

const words: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['FORBIDDEN_ADDRESS', 'forbidden_address'],
  ['ETIMEDOUT', 'connect_timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'closed'],
  ['UND_ERR_ABORTED', 'timeout'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'],
  ['EPROTO', 'tls'],
  ['HTTPParserError', 'not_http'],
]);

const prefixes: readonly (readonly [string, string])[] = [
  ['HPE_', 'not_http'],
  ['CERT_', 'tls'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
];

/** The error's code, or its name: undici's own error for an answer that is no HTTP mostly comes without a code. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : undefined;
}
