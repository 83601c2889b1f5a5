import { BlockList, isIP } from 'node:net';

/** Where a host is: this very machine, a network of one's own, or anywhere. */
export type Reach = 'loopback' | 'private' | 'public';

/**
 * Where a host is, as far as its name or address says; nothing is looked up.
 *
 * @param host as it stands in a URL, without port: in lower case, IPv6 with or without brackets
 */
export function reachOf(host: string): Reach {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const version = isIP(bare);
  if (version === 0) return bare === 'localhost' || bare.endsWith('.localhost') ? 'loopback' : reachOfName(bare);
  // The rules for IPv4 hold for IPv4 addresses mapped into IPv6 as well.
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (loopback.check(bare, family)) return 'loopback';
  return privateNetworks.check(bare, family) ? 'private' : 'public';
}

/** A name without a dot, or under a suffix kept for local networks, is no public one. */
function reachOfName(name: string): Reach {
  const isLocal = !name.includes('.') || /\.(?:internal|local|lan|home\.arpa)$/.test(name);
  return isLocal ? 'private' : 'public';
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv6');
}
