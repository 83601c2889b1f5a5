import { type SharedRedis, tagOf } from '../../pipeline';
import { countScript } from './count-script';
import { type Place, type Places } from './places';
import { SharedCount } from './shared-count';

/** What the places of all processes on one Redis are made with. */
export interface RedisPlacesOptions {
  readonly redis: SharedRedis;
  /** What is bounded, in the names of keys: `sessions` gives `relay:{acme}:places:sessions`. */
  readonly name: string;
  /** What this process is called; no two that run may be called alike. */
  readonly processId: string;
  /** Milliseconds for which the others believe what this process last said that it holds. */
  readonly leaseMs: number;
}

/**
 * Places that all processes on one Redis share. Each process says how many it holds whenever that changes, and again every so
 * often (`renew`); one that died is believed for `leaseMs`, and its places are free then. What was held before Redis was
 * away is held afterwards, be it more than there may be.
 */
export class RedisPlaces implements Places {
  readonly #options: RedisPlacesOptions;
  readonly #counts = new Map<string, SharedCount>();

  constructor(options: RedisPlacesOptions) {
    this.#options = options;
  }

  take(key: string, max: number): Promise<Place | undefined> {
    return this.#countOf(key).take(max);
  }

  /** Says again what is held, key by key and all at once; false where some could not be said. Never rejects. */
  async renew(): Promise<boolean> {
    for (const [key, count] of this.#counts) if (count.isIdle) this.#counts.delete(key);
    const renewed = await Promise.all([...this.#counts.values()].map((count) => count.renew()));
    return !renewed.includes(false);
  }

  #countOf(key: string): SharedCount {
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const count = new SharedCount((held, wanted, max) => this.#tell(key, held, wanted, max));
    this.#counts.set(key, count);
    return count;
  }

  async #tell(key: string, held: number, wanted: number, max: number): Promise<number> {
    const { redis, name, processId, leaseMs } = this.#options;
    const hash = `${redis.prefix}:{${tagOf(key)}}:places:${name}`;
    const args = [processId, ...[held, wanted, Math.min(max, Number.MAX_SAFE_INTEGER), leaseMs].map(String)];
    const granted = await redis.link.operation(({ run }) => run(countScript, [hash], args));
    // As the script above returns it.
    return granted as number;
  }
}
