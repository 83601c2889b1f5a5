import { LRUCache } from 'lru-cache';

/** Counts connections by address, second by second. */
export interface ConnectRate {
  /** Counts one more; false where the address has had its share of this second. */
  allows(address: string): boolean;
}

/** Addresses remembered at once; the one not heard of for longest is forgotten first. */
const maxAddresses = 20_000;

/** @param nowMs A clock that never goes back, in milliseconds. */
export function createConnectRate(maxPerSecond: number, nowMs: () => number = () => performance.now()): ConnectRate {
  const windows = new LRUCache<string, { startMs: number; count: number }>({ max: maxAddresses });
  return {
    allows(address) {
      const now = nowMs();
      const current = windows.get(address);
      if (!current || now - current.startMs >= 1_000) {
        windows.set(address, { startMs: now, count: 1 });
        return true;
      }
      current.count += 1;
      return current.count <= maxPerSecond;
    },
  };
}
