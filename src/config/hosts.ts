import { isIP } from 'node:net';
import { reachOf } from '../../pipeline';

/**
 * Whether a host name or IP address always means this very machine: `localhost`, names under it, `127.0.0.0/8`, `::1`.
 *
 * @param host As it stands in a URL or `Host` header, without port; IPv6 with or without brackets.
 */
export function isLoopbackHost(host: string): boolean {
  return reachOf(host.toLowerCase()) === 'loopback';
}

/**
 * Whether a host can only be inside one's own network, judged by its spelling alone: loopback, the private and link-local
 * address ranges, names without a dot (container and machine names that no public resolver knows) and under `.internal`
 * and the like.
 */
export function isPrivateHost(host: string): boolean {
  const reach = reachOf(host.toLowerCase());
  return reach === 'loopback' || reach === 'private';
}

/**
 * Whether the address of a connected socket is loopback. IPv4 addresses mapped into IPv6 (`::ffff:127.0.0.1`) count.
 */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && isIP(address) !== 0 && isLoopbackHost(address);
}

/**
 * Splits a `Host` header into its host name, dropping the port. Undefined where the header is no valid host.
 */
export function hostNameOf(hostHeader: string | undefined): string | undefined {
  if (hostHeader === undefined || !/^[\w.:[\]-]+$/.test(hostHeader)) return undefined;
  return URL.parse(`http://${hostHeader}`)?.hostname;
}
