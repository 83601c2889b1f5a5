import pLimit, { type LimitFunction } from 'p-limit';

/** A bounded number of places, given in the order in which they were asked for. */
export class Slots {
  readonly #limit: LimitFunction;

  constructor(count: number) {
    this.#limit = pLimit(count);
  }

  /**
   * Waits for a place. Resolves to the function that gives it back, which must be called; or to undefined as soon as
   * `signal` aborts, and then no place is held.
   */
  acquire(signal: AbortSignal): Promise<(() => void) | undefined> {
    return new Promise((resolve) => {
      const giveUp = (): void => resolve(undefined);
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      void this.#limit(async () => {
        signal.removeEventListener('abort', giveUp);
        if (!signal.aborted) await new Promise<void>((release) => resolve(release));
      });
    });
  }
}
