/** The `code` of a socket's error, or an empty string. */
export function errorCode(error: Error & { readonly code?: unknown }): string {
  return typeof error.code === 'string' ? error.code : '';
}

/** True when the peer broke the rules of WebSocket, as the library names it. */
export function isProtocolError(error: Error): boolean {
  return errorCode(error).startsWith('WS_ERR_');
}
