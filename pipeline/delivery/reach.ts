import { BlockList, isIP } from 'node:net';

/**
 * Where a host is: this very machine, a network of one's own, anywhere on the internet, or at an address that no public
 * host has (multicast, documentation, retired tunnels and the like, or an address within which another one is hidden).
 */
export type Reach = 'loopback' | 'private' | 'public' | 'reserved';

/**
 * Where a host is, as far as its name or address says; nothing is looked up.
 *
 * @param host as it stands in a URL, without port: in lower case, IPv6 with or without brackets; or as a resolver answers
 */
export function reachOf(host: string): Reach {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  switch (isIP(bare)) {
    case 4:
      return reachOfIPv4(bare);
    case 6:
      return reachOfIPv6(bare);
    default:
      return reachOfName(bare);
  }
}

/** A name without a dot, or under a suffix kept for local networks, is no public one. */
function reachOfName(name: string): Reach {
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  const isLocal = !name.includes('.') || /\.(?:internal|local|localdomain|lan|home\.arpa)$/.test(name);
  return isLocal ? 'private' : 'public';
}

function reachOfIPv4(address: string): Reach {
  if (loopback.check(address)) return 'loopback';
  if (privateNetworks.check(address)) return 'private';
  return reserved.check(address) ? 'reserved' : 'public';
}

function reachOfIPv6(address: string): Reach {
  // Only an address that means something on one network alone carries that network's name.
  if (address.includes('%')) return 'private';
  if (loopback.check(address, 'ipv6')) return 'loopback';
  if (mapped.check(address, 'ipv6')) {
    const reach = reachOfIPv4(embeddedIPv4(address));
    return reach === 'public' ? 'reserved' : reach;
  }
  // What a resolver makes up for a host that has IPv4 alone, in networks without it; it leads where the inner one does.
  if (translated.check(address, 'ipv6')) return reachOfIPv4(embeddedIPv4(address)) === 'public' ? 'public' : 'reserved';
  if (privateNetworks.check(address, 'ipv6')) return 'private';
  return globalUnicast.check(address, 'ipv6') && !reserved.check(address, 'ipv6') ? 'public' : 'reserved';
}

/** The IPv4 address in the last 32 bits of an IPv6 address. */
function embeddedIPv4(address: string): string {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const groups = canonical.slice(canonical.lastIndexOf('::') + 2).split(':');
  const [low = 0, high = 0] = groups.reverse().map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

type Networks = readonly (readonly [network: string, prefix: number])[];

function listOf(ipv4: Networks, ipv6: Networks): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ipv4) list.addSubnet(network, prefix, 'ipv4');
  for (const [network, prefix] of ipv6) list.addSubnet(network, prefix, 'ipv6');
  return list;
}

const loopback = listOf([['127.0.0.0', 8]], [['::1', 128]]);

/** The unspecified addresses are among them: connecting to one reaches this machine or nothing. */
const privateNetworks = listOf(
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
  ],
  [
    ['::', 128],
    ['fc00::', 7],
    ['fe80::', 10],
    ['fec0::', 10],
  ],
);

/** From the registries of special-purpose addresses (RFC 6890 and its updates). */
const reserved = listOf(
  [
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
    // In no registry: a cloud serves its own machines there.
    ['168.63.129.16', 32],
  ],
  [
    // Teredo, overlay identifiers and benchmarks.
    ['2001::', 23],
    ['2001:db8::', 32],
    // 6to4: an IPv4 address of anybody's choice is within.
    ['2002::', 16],
    ['3fff::', 20],
  ],
);

const globalUnicast = listOf([], [['2000::', 3]]);
const mapped = listOf([], [['::ffff:0:0', 96]]);
/** NAT64 under its well-known prefix (RFC 6052). */
const translated = listOf([], [['64:ff9b::', 96]]);
