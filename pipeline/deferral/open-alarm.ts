import { type Edge, realEdge } from '../edge';
import { type Log } from '../log';
import { readRedisUrl, isRedisUrl } from '../store/redis/address';
import { type Alarm, type Ring, TimerAlarm } from './alarm';
import { BullAlarm } from './bull-alarm';

export interface OpenAlarmOptions {
  readonly log: Log;
  /** The clock. Default: the machine's. */
  readonly edge?: Pick<Edge, 'nowMs'>;
}

/**
 * The alarm clock that goes with the store at an address: one that all processes share where the store is a Redis server,
 * and timers otherwise. On a cluster, too, these are timers: the queue library cannot work there with this client, and the
 * sweeps of all processes find what one has forgotten.
 *
 * @param ring called when something is due, in one process of all that share the clock
 */
export function openAlarm(storeUrl: string, ring: Ring, { log, edge = realEdge }: OpenAlarmOptions): Alarm {
  const address = isRedisUrl(storeUrl) ? readRedisUrl(storeUrl) : undefined;
  return typeof address === 'object' && address.kind === 'single'
    ? new BullAlarm(ring, { address, edge, log })
    : new TimerAlarm(ring, edge);
}
