import { BlockList, isIP } from 'node:net';

/** Where a webhook may live beyond public HTTPS. */
export interface UrlAllowance {
  /** Allows this machine itself; for a relay that listens on loopback only. */
  readonly allowLoopback: boolean;
  /** Allows loopback, private and link-local networks. */
  readonly allowPrivateNetwork: boolean;
}

/**
 * Why a webhook URL is not to be used, as a phrase that follows "the URL"; undefined if it may be. The phrase never
 * contains the URL, which is a secret.
 *
 * Judged is what the URL says: `https:` anywhere but loopback and private addresses, those and `http:` only where they
 * are allowed, and never with user name or password in it.
 */
export function urlFault(url: string, allowance: UrlAllowance): string | undefined {
  if (!URL.canParse(url)) return 'is no URL';
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https:';
  if (username !== '' || password !== '') return 'must not contain a user name or password';
  switch (reachOf(hostname)) {
    case 'loopback':
      if (allowance.allowLoopback || allowance.allowPrivateNetwork) return undefined;
      return 'leads to this machine; set allowPrivateNetwork if that is wanted';
    case 'private':
      if (allowance.allowPrivateNetwork) return undefined;
      return 'leads into a private network; set allowPrivateNetwork if that is wanted';
    case 'public':
      return protocol === 'https:' ? undefined : 'must begin with https: outside of loopback and private networks';
  }
}

/** How far away a host is, as far as its name or address says. */
function reachOf(hostname: string): 'loopback' | 'private' | 'public' {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const version = isIP(host);
  if (version === 0) return host === 'localhost' || host.endsWith('.localhost') ? 'loopback' : reachOfName(host);
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (loopback.check(host, family)) return 'loopback';
  return privateNetworks.check(host, family) ? 'private' : 'public';
}

/** A name without a dot, or under a suffix kept for local networks, is no public one. */
function reachOfName(host: string): 'private' | 'public' {
  const isLocal = !host.includes('.') || /\.(?:internal|local|lan|home\.arpa)$/.test(host);
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
