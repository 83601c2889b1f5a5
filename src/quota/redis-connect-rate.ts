import { script, type SharedRedis, StoreUnavailableError } from '../../pipeline';
import { type ConnectRate, createConnectRate, rateWindowMs } from './connect-rate';

/**
 * Counts the connections of an address to all processes on one Redis. What this process alone would refuse is refused
 * without asking, so that a flood costs Redis no more than what is allowed; where Redis does not answer, each process counts
 * for itself.
 */
export function createRedisConnectRate({ link, prefix }: SharedRedis, maxPerSecond: number): ConnectRate {
  const own = createConnectRate(maxPerSecond);
  return {
    async allows(address) {
      if (!(await own.allows(address))) return false;
      try {
        const key = `${prefix}:connects:${address}`;
        const count = await link.operation(({ run }) => run(windowScript, [key], [String(rateWindowMs)]));
        // As the script below returns it.
        return (count as number) <= maxPerSecond;
      } catch (error) {
        if (error instanceof StoreUnavailableError) return true;
        throw error;
      }
    },
  };
}

/**
 * Counts one more in the window that is open, or opens one.
 *
 * KEYS: the window. ARGV: milliseconds it is open. Answers how many it has counted.
 */
const windowScript = script(`
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
`);
