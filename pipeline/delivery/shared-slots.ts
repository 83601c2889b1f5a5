import { setTimeout as sleep } from 'node:timers/promises';
import { Slots } from './slots';

/**
 * Takes one of `max` places that several processes share; undefined where all are taken. What is returned gives it back.
 * Must not reject: where nobody can tell how many are taken, this process's own bound is all there is.
 */
export type TakeShared = (max: number) => Promise<(() => void) | undefined>;

/** The pause before somebody asks again for a place that others have, in milliseconds; random between it and its half. */
const askAgainMs = 50;

/** Places of this process, each of which is taken among all processes as well. */
export class SharedSlots {
  readonly #own: Slots;
  readonly #count: number;
  readonly #take: TakeShared;
  readonly #random: () => number;

  constructor(count: number, take: TakeShared, random: () => number) {
    this.#own = new Slots(count);
    this.#count = count;
    this.#take = take;
    this.#random = random;
  }

  /** Waits for a place, as `Slots.acquire` does. Who has come first in this process asks first. */
  async acquire(signal: AbortSignal): Promise<(() => void) | undefined> {
    const release = await this.#own.acquire(signal);
    if (release === undefined) return undefined;
    const leave = await this.#takeUntil(signal);
    if (leave === undefined) {
      release();
      return undefined;
    }
    return () => {
      leave();
      release();
    };
  }

  async #takeUntil(signal: AbortSignal): Promise<(() => void) | undefined> {
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const leave = await this.#take(this.#count);
      if (leave !== undefined && !isOver()) return leave;
      leave?.();
      await sleep(askAgainMs * (0.5 + this.#random() / 2), undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }
}
