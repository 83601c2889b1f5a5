import { setTimeout as sleep } from 'node:timers/promises';
import type { Ending, Line } from './call';
import { type Booking, Caller } from './caller';

/** What happened to all callers together, so far or since a moment. */
export interface CrowdStory {
  readonly refusals: readonly string[];
  readonly endings: readonly Ending[];
  readonly bookings: readonly Booking[];
}

/** How far apart callers dial at the beginning, in milliseconds. */
const arrivalMs = 20;

/** Every so many bookings, two neighbours book the same. */
const sharedEvery = 4;

/** Many callers at once. */
export class Crowd {
  readonly #callers: readonly Caller[];
  readonly #lives: Promise<void>[] = [];

  constructor(line: Line, size: number) {
    this.#callers = Array.from({ length: size }, (_, index) => new Caller(line, emailsOf(index)));
  }

  get size(): number {
    return this.#callers.length;
  }

  get onTheLine(): number {
    return this.#callers.filter(({ isOnTheLine }) => isOnTheLine).length;
  }

  /** Everything that has happened. */
  get story(): CrowdStory {
    return {
      refusals: this.#callers.flatMap(({ refusals }) => refusals),
      endings: this.#callers.flatMap(({ endings }) => endings),
      bookings: this.#callers.flatMap(({ bookings }) => bookings),
    };
  }

  /** Resolves when all have dialled and each has booked something. */
  async arrive(): Promise<void> {
    for (const caller of this.#callers) {
      this.#lives.push(caller.live());
      await sleep(arrivalMs);
    }
    await this.until(() => this.#callers.every(({ bookings }) => bookings.some(({ isConfirmed }) => isConfirmed)));
  }

  /** Resolves when everybody is on the line, and has gone on with booking for a while. */
  async settle(): Promise<void> {
    await this.until(() => this.onTheLine === this.size);
    const before = this.#confirmed();
    await this.until(() => this.#confirmed() >= before + 2 * this.size);
  }

  /** Resolves when all have hung up, after what they asked for last. */
  async leave(): Promise<void> {
    for (const caller of this.#callers) caller.leave();
    await Promise.all(this.#lives);
  }

  /** Resolves when something has come true; rejects after two minutes in vain. */
  async until(isTrue: () => boolean): Promise<void> {
    const endMs = performance.now() + 120_000;
    while (!isTrue()) {
      if (performance.now() > endMs) {
        throw new Error(`Two minutes in vain; ${this.onTheLine} of ${this.size} callers are on the line.`);
      }
      await sleep(100);
    }
  }

  #confirmed(): number {
    return this.story.bookings.filter(({ isConfirmed }) => isConfirmed).length;
  }
}

/** What came after an earlier story. */
export function since(earlier: CrowdStory, now: CrowdStory): Pick<CrowdStory, 'refusals' | 'endings'> {
  // Stories are put together caller by caller, so what is new is told apart by itself, not by its place.
  const newIn = <Item>(before: readonly Item[], after: readonly Item[]) => {
    const counts = new Map<Item, number>();
    for (const item of before) counts.set(item, (counts.get(item) ?? 0) + 1);
    return after.filter((item) => {
      const known = counts.get(item) ?? 0;
      counts.set(item, known - 1);
      return known <= 0;
    });
  };
  return {
    refusals: newIn(earlier.refusals, now.refusals),
    endings: newIn(earlier.endings, now.endings),
  };
}

function emailsOf(index: number): () => string {
  let round = 0;
  return () => {
    round += 1;
    const name = round % sharedEvery === 0 ? `pair-${Math.floor(index / 2)}` : `caller-${index}`;
    return `${name}.${round}@example.com`;
  };
}
