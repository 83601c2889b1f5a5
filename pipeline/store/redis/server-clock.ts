/** By how much this machine's clock and the server's may drift apart: a thousandth is twice what time daemons do. */
const maxDrift = 0.001;

/**
 * What time it is on a server, told from its replies without asking again.
 *
 * It never runs ahead of the server, however late a reply was: when a reply is here, the server's clock shows at least
 * what it showed when that reply was made. Behind it lags by as long as the fastest of the last replies took.
 */
export class ServerClock {
  readonly #monotonicMs: () => number;
  /** The server's clock less ours at least, as of `#atMs`. */
  #offsetMs: number;
  #atMs: number;

  /** @param seed begins with what is known of another server: a guess, which the first reply puts right */
  constructor(seed?: ServerClock, monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
    this.#offsetMs = seed === undefined ? Number.NEGATIVE_INFINITY : seed.#offsetMs;
    this.#atMs = seed === undefined ? 0 : seed.#atMs;
  }

  /** Milliseconds since the epoch; before any reply, and without a seed, the epoch itself. */
  nowMs(): number {
    const monotonicMs = this.#monotonicMs();
    return Math.max(0, Math.floor(monotonicMs + this.#offsetAt(monotonicMs)));
  }

  /**
   * Takes a reply into account.
   *
   * @param serverMs the server's time when it made the reply
   * @param assumedMs what this clock had shown before
   */
  heard(serverMs: number, assumedMs: number): void {
    const monotonicMs = this.#monotonicMs();
    const offsetMs = serverMs - monotonicMs;
    // Behind what we thought it was before: the server's clock was set back, or it is another server by now.
    const isSetBack = serverMs < assumedMs;
    this.#offsetMs = isSetBack ? offsetMs : Math.max(offsetMs, this.#offsetAt(monotonicMs));
    this.#atMs = monotonicMs;
  }

  #offsetAt(monotonicMs: number): number {
    return this.#offsetMs - (monotonicMs - this.#atMs) * maxDrift;
  }
}

/** Reads the reply to TIME: milliseconds since the epoch. */
export function readTime(reply: unknown): number {
  // TIME answers with seconds and microseconds.
  const [seconds, micros] = reply as [string, string];
  return Number(seconds) * 1_000 + Number(micros) / 1_000;
}
