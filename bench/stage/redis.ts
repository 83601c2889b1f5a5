import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { hasRedisServer, RedisServer, redisServerHint } from '../../scripts/redis-server';

/** What a measure that needs Redis lacks; undefined if nothing. */
export const missingRedis = (): string | undefined => (hasRedisServer() ? undefined : redisServerHint);

/** How often Redis syncs what it was told to write: once a second, as most do, or before every answer. */
export type Fsync = 'everysec' | 'always';

/** Starts a Redis with its data on the disk under measurement. */
export function startRedis(directory: string, appendfsync: Fsync): Promise<RedisServer> {
  return RedisServer.start(mkdtempSync(join(directory, 'redis-')), { appendfsync });
}
