import type { IncomingHttpHeaders } from 'node:http';
import { hostNameOf, isLoopbackAddress, isLoopbackHost } from '../config/hosts';

/** What is known of a request when it is judged; an `IncomingMessage` has it all. */
export interface RequestFacts {
  readonly headers: IncomingHttpHeaders;
  /** The address at the other end of the socket. */
  readonly remoteAddress: string | undefined;
  /** Whether the socket speaks TLS. */
  readonly isEncrypted: boolean;
}

/**
 * Whether a request comes from a program or page of this very machine, as far as that can be known: loopback socket, a
 * loopback `Host` (a page elsewhere whose name was bent to 127.0.0.1 still sends its own), no trace of a proxy, and a
 * loopback `Origin` or none.
 */
export function isFromThisMachine({ headers, remoteAddress }: RequestFacts): boolean {
  const host = hostNameOf(headers.host);
  return (
    isLoopbackAddress(remoteAddress) &&
    host !== undefined &&
    isLoopbackHost(host) &&
    !Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-')) &&
    (headers.origin === undefined || isLoopbackOrigin(headers.origin))
  );
}

/** Whether an `Origin` header names a page served by this machine. */
function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return (url?.protocol === 'http:' || url?.protocol === 'https:') && isLoopbackHost(url.hostname);
}
