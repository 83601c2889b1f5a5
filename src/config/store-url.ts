import { z } from 'zod';
import { isRedisUrl, redisUrlFault } from '../../pipeline';

/**
 * `STORE_URL`: where intents are kept. `memory:`, `sqlite:PATH` with a path relative to the working directory, or
 * `redis://…` and its kin.
 */
export const storeUrl = z.string().superRefine((value, context) => {
  const message = faultOf(value);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** Whether a value names the store that any number of processes can share. */
export const isRedis = (value: unknown): boolean => typeof value === 'string' && isRedisUrl(value);

function faultOf(value: string): string | undefined {
  if (value === 'memory:' || /^sqlite:./.test(value)) return undefined;
  if (isRedisUrl(value)) return redisUrlFault(value);
  return 'must be "sqlite:PATH" (one process), "redis://HOST" (any number of processes) or "memory:" (lost at restart)';
}
