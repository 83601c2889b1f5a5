import { StoreOpenError } from './errors';
import { MemoryStore } from './memory';
import { isRedisUrl, readRedisUrl } from './redis/address';
import { openRedisStore } from './redis';
import { openSqliteStore } from './sqlite';
import { type IntentStore } from './store';

export interface OpenStoreOptions {
  /** How long an operation may take, in milliseconds. Default `defaultStoreTimeoutMs`, or `defaultRedisTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Told of what may cost records but does not keep the store from working, one sentence each. */
  readonly warn?: (warning: string) => void;
  /** Milliseconds since the epoch. Default `Date.now`; for Redis, its own clock. */
  readonly now?: () => number;
}

/**
 * Opens the store an address names: `memory:`; `sqlite:PATH` with a path that is absolute or relative to the working
 * directory; `redis:` as `readRedisUrl` describes.
 *
 * @throws StoreOpenError
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<IntentStore> {
  if (url === 'memory:') return new MemoryStore(options);
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file !== undefined) return openSqliteStore({ ...options, file });
  if (isRedisUrl(url)) {
    const address = readRedisUrl(url);
    if (typeof address !== 'string') return openRedisStore({ ...options, address });
    throw new StoreOpenError('store_url_invalid', `The store address ${address}.`);
  }
  // The address is not repeated: it may hold a password.
  throw new StoreOpenError('store_url_invalid', 'The store address must be memory:, sqlite:PATH or redis://HOST.');
}

/** What may be said of an address: the kind of store and where it is, without user and password. */
export function storeName(url: string): string {
  const address = isRedisUrl(url) ? readRedisUrl(url) : url;
  if (typeof address === 'string') return isRedisUrl(url) ? 'redis' : address;
  const { kind, isTls, nodes } = address;
  const where = nodes.map(({ host, port }) => `${host} port ${port}`).join(', ');
  return `redis${kind === 'cluster' ? ' cluster' : ''} on ${where}${isTls ? ' with TLS' : ''}`;
}
