/** The address of a Redis store, as it stands in the setting. */
export interface RedisAddress {
  readonly kind: 'single' | 'cluster';
  readonly isTls: boolean;
  /** One for a single server; for a cluster any of its nodes, from which the others are learned. */
  readonly nodes: readonly RedisNode[];
  readonly username?: string;
  readonly password?: string;
  /** Always 0 on a cluster. */
  readonly database: number;
  /** What every key of the store begins with. */
  readonly prefix: string;
}

export interface RedisNode {
  /** A name or an address; an IPv6 one without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** What keys begin with, unless the address says otherwise. */
export const defaultRedisPrefix = 'relay';

const defaultPort = 6379;

/** Whether an address means Redis, right or wrong. */
export function isRedisUrl(url: string): boolean {
  return /^rediss?(-cluster)?:/.test(url);
}

/**
 * What is wrong with an address, in words that follow the name of its setting; undefined if nothing is. The address is
 * not repeated, as it may hold a password.
 */
export function redisUrlFault(url: string): string | undefined {
  const address = readRedisUrl(url);
  return typeof address === 'string' ? address : undefined;
}

/**
 * Reads `redis://[user:password@]host[:port][/database][?prefix=…]`, or `redis-cluster://` with several `host:port` and
 * commas between; `rediss` and `rediss-cluster` are the same over TLS. User and password are percent-encoded.
 *
 * @returns the address, or what is wrong with it
 */
export function readRedisUrl(url: string): RedisAddress | string {
  const { scheme, credentials, hosts = '', path = '', query } = urlPattern.exec(url)?.groups ?? {};
  if (scheme === undefined) return shape;
  const kind = scheme.endsWith('-cluster') ? 'cluster' : 'single';

  const nodes = hosts.split(',').map(readNode);
  if (!nodes.every((node) => node !== undefined)) return `holds a host or a port that is none: it ${shape}`;
  if (kind === 'single' && nodes.length > 1)
    return 'names several servers: for a cluster begin it with redis-cluster://';

  const database = Number(path);
  if (!/^\d{0,6}$/.test(path)) return 'has a path that is no number of a database';
  if (kind === 'cluster' && database !== 0) return 'names a database, but a cluster has only one: leave the path out';

  const { prefix = defaultRedisPrefix, ...unknown } = Object.fromEntries(new URLSearchParams(query));
  const [name] = Object.keys(unknown);
  if (name !== undefined) return 'has a parameter that is unknown: the only one is "prefix"';
  if (!prefixPattern.test(prefix)) return 'has a prefix that is not 1 to 64 letters, digits, ".", "_", ":" or "-"';

  const login = credentials === undefined ? {} : readCredentials(credentials);
  if (login === undefined) return 'has a user or a password that is not percent-encoded';
  return { kind, isTls: scheme.startsWith('rediss'), nodes, database, prefix, ...login };
}

const shape =
  'must be redis://[user:password@]host[:port][/database] or redis-cluster://host:port,host:port, with rediss for TLS';

const urlPattern =
  /^(?<scheme>rediss?(?:-cluster)?):\/\/(?:(?<credentials>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;

const prefixPattern = /^[\w.:-]{1,64}$/;

const nodePattern = /^(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/;

function readNode(text: string): RedisNode | undefined {
  const { ipv6, name, port } = nodePattern.exec(text)?.groups ?? {};
  const host = ipv6 ?? name;
  const number = port === undefined ? defaultPort : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? undefined : { host, port: number };
}

function readCredentials(text: string): Pick<RedisAddress, 'username' | 'password'> | undefined {
  const [username = '', ...password] = text.split(':');
  try {
    return {
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password.length > 0 && { password: decodeURIComponent(password.join(':')) }),
    };
  } catch {
    return undefined;
  }
}
