import { setTimeout as sleep } from 'node:timers/promises';
import { type Edge } from './edge';
import { errorFields, type Log } from './log';
import { StoreUnavailableError } from './store/store';

/** The pause after the first failure of the store, and the longest one, in milliseconds. */
const firstPauseMs = 100;
const maxPauseMs = 1_000;

/** Most writes that wait at a time. A relay has fewer calls under way than that. */
const maxWaiting = 10_000;

/**
 * Writes to the store that failed and must not be forgotten: an outcome that is known but not on record would turn into
 * doubt when its lease ends. They are tried again in the background, the oldest first, until the store has taken each or
 * somebody else has decided.
 */
export class LateWrites {
  readonly #edge: Pick<Edge, 'random'>;
  readonly #log: Log;
  readonly #waiting = new Set<() => Promise<unknown>>();
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #pass: Promise<boolean> | undefined;

  constructor(edge: Pick<Edge, 'random'>, log: Log) {
    this.#edge = edge;
    this.#log = log;
  }

  /** How many writes wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Takes over a write. It is done when it resolves, to undefined where there was nothing left to write, and tried again
   * when it rejects with `StoreUnavailableError`.
   */
  add(write: () => Promise<unknown>): void {
    if (this.#waiting.size >= maxWaiting) {
      this.#log.error({ maxWaiting }, 'Intent outcome is given up: too many wait to be recorded');
      return;
    }
    this.#waiting.add(write);
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Tries all that wait once, now. Never rejects. */
  async flush(): Promise<void> {
    await this.#tryAll();
  }

  /** Resolves when nothing waits any more, or after `maxMs`. */
  async idle(maxMs: number): Promise<void> {
    if (this.#running === undefined) return;
    const enough = new AbortController();
    const tooLate = sleep(maxMs, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([this.#running, tooLate]);
    enough.abort();
  }

  /** Gives up what waits. */
  async stop(): Promise<void> {
    if (this.#waiting.size > 0) this.#log.error({ count: this.#waiting.size }, 'Intent outcomes were not recorded');
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    let failures = 0;
    while (this.#waiting.size > 0 && !signal.aborted) {
      const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** failures) * (0.5 + this.#edge.random() / 2);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      failures = (await this.#tryAll()) ? 0 : failures + 1;
    }
  }

  /** False if the store failed; what comes after the failure is left for the next time. */
  #tryAll(): Promise<boolean> {
    this.#pass ??= this.#tryEach().finally(() => (this.#pass = undefined));
    return this.#pass;
  }

  async #tryEach(): Promise<boolean> {
    for (const write of this.#waiting) {
      if (this.#stopped.signal.aborted) return false;
      try {
        const written = await write();
        if (written !== undefined) this.#log.info({}, 'Intent outcome was recorded late');
      } catch (error) {
        if (error instanceof StoreUnavailableError) return false;
        this.#log.error(errorFields(error), 'Intent outcome could not be recorded by a fault of the program');
      }
      this.#waiting.delete(write);
    }
    return true;
  }
}
