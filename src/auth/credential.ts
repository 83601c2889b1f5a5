import type { IncomingHttpHeaders } from 'node:http';

/** The subprotocol a Realtime client asks for, and the only one that is ever selected. */
export const realtimeSubprotocol = 'realtime';

/** How browsers, which cannot set headers on a WebSocket, hand over a credential (protocol reference, section 1.1). */
const credentialSubprotocol = 'openai-insecure-api-key.';

/** What a request shows of who sent it. */
export type Presented =
  | { readonly kind: 'credential'; readonly value: string }
  | { readonly kind: 'none' }
  /** There is something, but not what a credential looks like. */
  | { readonly kind: 'malformed' };

/** Finds the credential in `Authorization: Bearer …`, or else among the offered subprotocols. */
export function presentedCredential(headers: IncomingHttpHeaders): Presented {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const value = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
    return value === undefined ? { kind: 'malformed' } : { kind: 'credential', value };
  }
  const [first, second] = offeredSubprotocols(headers)
    .filter((name) => name.startsWith(credentialSubprotocol))
    .map((name) => name.slice(credentialSubprotocol.length));
  if (first === undefined) return { kind: 'none' };
  return first === '' || second !== undefined ? { kind: 'malformed' } : { kind: 'credential', value: first };
}

const offeredSubprotocols = (headers: IncomingHttpHeaders) =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
