import { randomUUID } from 'node:crypto';
import { defaultRedisTimeoutMs, isRedisUrl, openSharedRedis, type SharedRedis } from '../../pipeline';
import type { RelayConfig } from '../config';
import type { Logger } from '../log';
import { type ConnectRate, createConnectRate } from './connect-rate';
import { forgivingPlaces } from './forgiving-places';
import { MemoryPlaces } from './memory-places';
import type { Places } from './places';
import { createRedisConnectRate } from './redis-connect-rate';
import { RedisPlaces } from './redis-places';

/** What is bounded for all together who share a store: the processes on one Redis, or this one alone. */
export interface Quota {
  /** Sessions by org. Where nobody can tell how many there are, none is begun. */
  readonly sessions: Places;
  /** HTTP requests that are under way. */
  readonly requests: { readonly intents: Places; readonly callbacks: Places; readonly operator: Places };
  /** Deliveries to webhooks that are under way, by org. */
  readonly deliveries: Places;
  readonly connects: ConnectRate;
  /** Gives everything back and lets go of the connection. */
  close(): Promise<void>;
}

type QuotaConfig = Pick<RelayConfig, 'storeUrl'> & {
  readonly limits: Pick<RelayConfig['limits'], 'connectsPerSecondPerAddress' | 'leaseMs'>;
};

/**
 * Opens what goes with the store: shared by all processes where that is Redis.
 *
 * @throws StoreOpenError
 */
export async function openQuota(config: QuotaConfig, log: Logger): Promise<Quota> {
  if (!isRedisUrl(config.storeUrl)) return ownQuota(config);
  return sharedQuota(await openSharedRedis(config.storeUrl, defaultRedisTimeoutMs), config, log);
}

function ownQuota({ limits }: QuotaConfig): Quota {
  return {
    sessions: new MemoryPlaces(),
    requests: { intents: new MemoryPlaces(), callbacks: new MemoryPlaces(), operator: new MemoryPlaces() },
    deliveries: new MemoryPlaces(),
    connects: createConnectRate(limits.connectsPerSecondPerAddress),
    close: () => Promise.resolve(),
  };
}

function sharedQuota(redis: SharedRedis, { limits }: QuotaConfig, log: Logger): Quota {
  const { leaseMs, connectsPerSecondPerAddress } = limits;
  const processId = randomUUID();
  const all: RedisPlaces[] = [];
  const placesFor = (name: string): Places => {
    const places = new RedisPlaces({ redis, name, processId, leaseMs });
    all.push(places);
    return places;
  };
  const forgiving = (name: string) => forgivingPlaces(placesFor(name));
  const renewAll = async () => !(await Promise.all(all.map((places) => places.renew()))).includes(false);

  const quota = {
    sessions: placesFor('sessions'),
    requests: {
      intents: forgiving('requests'),
      callbacks: forgiving('callbacks'),
      operator: forgiving('operator'),
    },
    deliveries: forgiving('deliveries'),
    connects: createRedisConnectRate(redis, connectsPerSecondPerAddress),
  };

  let wasRenewed = true;
  const renewal = setInterval(() => {
    void renewAll().then((isRenewed) => {
      if (wasRenewed && !isRenewed) log.warn({ leaseMs }, 'Places cannot be renewed: Redis does not answer');
      if (!wasRenewed && isRenewed) log.info('Places are renewed again');
      wasRenewed = isRenewed;
    });
  }, leaseMs / renewalsPerLease).unref();

  return {
    ...quota,
    async close() {
      clearInterval(renewal);
      await renewAll();
      await redis.link.close();
    },
  };
}

/** How often what is held is said again while it is believed: twice may go wrong. */
const renewalsPerLease = 3;
