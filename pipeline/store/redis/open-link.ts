import { StoreOpenError } from '../errors';
import { readRedisUrl } from './address';
import { RedisLink } from './link';
import { connectRedis, redisOpenTimeoutMs } from './open-connection';

/** The Redis of a store, for others who keep something there beside the intents. */
export interface SharedRedis {
  readonly link: Pick<RedisLink, 'operation' | 'close'>;
  /** What every key begins with. */
  readonly prefix: string;
}

/**
 * Connects once more to the Redis that an address names, with the patience of a store: `timeoutMs` for an operation, which
 * is refused at once while there is no connection.
 *
 * @throws StoreOpenError
 */
export async function openSharedRedis(url: string, timeoutMs: number): Promise<SharedRedis> {
  const address = readRedisUrl(url);
  if (typeof address === 'string') throw new StoreOpenError('store_url_invalid', `The store address ${address}.`);
  const { connection } = await connectRedis(address, redisOpenTimeoutMs);
  return { link: new RedisLink(connection, { timeoutMs }), prefix: address.prefix };
}
