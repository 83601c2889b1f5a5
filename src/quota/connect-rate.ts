import { LRUCache } from 'lru-cache';

/** Counts connections by address, second by second: those of this process, or of all that share a store. */
export interface ConnectRate {
  /** Counts one more; false where the address has had its share of this second. Never rejects. */
  allows(address: string): Promise<boolean>;
}

/** Addresses remembered at once; the one not heard of for longest is forgotten first. */
const maxAddresses = 20_000;

/** Milliseconds of a window, which begins with an address's first connection. */
export const rateWindowMs = 1_000;

/** @param nowMs A clock that never goes back, in milliseconds. */
export function createConnectRate(maxPerSecond: number, nowMs: () => number = () => performance.now()): ConnectRate {
  const windows = new LRUCache<string, { startMs: number; count: number }>({ max: maxAddresses });
  const countOf = (address: string): number => {
    const now = nowMs();
    const current = windows.get(address);
    if (!current || now - current.startMs >= rateWindowMs) {
      windows.set(address, { startMs: now, count: 1 });
      return 1;
    }
    current.count += 1;
    return current.count;
  };
  return { allows: (address) => Promise.resolve(countOf(address) <= maxPerSecond) };
}
