import { StoreOpenError } from './errors';
import { MemoryStore } from './memory';
import { openSqliteStore } from './sqlite';
import { type IntentStore } from './store';

export interface OpenStoreOptions {
  /** How long an operation may take, in milliseconds. Default `defaultStoreTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Opens the store an address names: `memory:`, or `sqlite:PATH` with a path that is absolute or relative to the
 * working directory.
 *
 * @throws StoreOpenError
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<IntentStore> {
  if (url === 'memory:') return new MemoryStore(options);
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file !== undefined) return openSqliteStore({ ...options, file });
  // The address is not repeated: it may hold a password.
  throw new StoreOpenError('store_url_invalid', 'The store address must be memory: or sqlite:PATH.');
}
