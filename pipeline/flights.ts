/** Work under way, by key, so that equal calls in one process share it instead of doing it twice. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  get(key: string): Flight<T> | undefined {
    return this.#flights.get(key);
  }

  /** Starts work under a key that is free. It is under way until its promise settles. */
  start(key: string, fingerprint: string | undefined, work: () => Promise<T>): Flight<T> {
    const flight: Flight<T> = { fingerprint, result: work().finally(() => this.#flights.delete(key)) };
    this.#flights.set(key, flight);
    return flight;
  }

  /** Resolves when nothing is under way, including what was begun meanwhile. */
  async idle(): Promise<void> {
    while (this.#flights.size > 0) {
      await Promise.allSettled([...this.#flights.values()].map(({ result }) => result));
    }
  }
}

/** One piece of work under way. */
export interface Flight<T> {
  /** Undefined where every call is work of its own. */
  readonly fingerprint: string | undefined;
  readonly result: Promise<T>;
}
