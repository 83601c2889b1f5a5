import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * Whether a host name or IP address always means this very machine: `localhost`, names under it, `127.0.0.0/8`, `::1`.
 *
 * @param host As it stands in a URL or `Host` header, without port; IPv6 with or without brackets.
 */
export function isLoopbackHost(host: string): boolean {
  const bare = withoutBrackets(host);
  return isIP(bare) ? isListed(loopback, bare) : bare === 'localhost' || bare.endsWith('.localhost');
}

/**
 * Whether a host can only be inside one's own network, judged by its spelling alone: loopback, the private and link-local
 * address ranges, and names without a dot (container and machine names that no public resolver knows).
 */
export function isPrivateHost(host: string): boolean {
  const bare = withoutBrackets(host);
  if (isIP(bare)) return isListed(loopback, bare) || isListed(privateRanges, bare);
  return isLoopbackHost(bare) || !bare.includes('.');
}

/**
 * Whether the address of a connected socket is loopback. IPv4 addresses mapped into IPv6 (`::ffff:127.0.0.1`) count.
 */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && isIP(address) !== 0 && isListed(loopback, address);
}

/**
 * Splits a `Host` header into its host name, dropping the port. Undefined where the header is no valid host.
 */
export function hostNameOf(hostHeader: string | undefined): string | undefined {
  if (hostHeader === undefined || !/^[\w.:[\]-]+$/.test(hostHeader)) return undefined;
  return URL.parse(`http://${hostHeader}`)?.hostname;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const privateRanges = new BlockList();
privateRanges.addSubnet('10.0.0.0', 8, 'ipv4');
privateRanges.addSubnet('172.16.0.0', 12, 'ipv4');
privateRanges.addSubnet('192.168.0.0', 16, 'ipv4');
privateRanges.addSubnet('169.254.0.0', 16, 'ipv4');
privateRanges.addSubnet('fc00::', 7, 'ipv6');
privateRanges.addSubnet('fe80::', 10, 'ipv6');

/** `BlockList` applies its IPv4 rules to IPv4 addresses mapped into IPv6 as well. */
const isListed = (list: BlockList, address: string) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

const withoutBrackets = (host: string) => host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
