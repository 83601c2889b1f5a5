import { setTimeout as sleep } from 'node:timers/promises';
import { type IntentKey, type IntentStore } from './store/store';

/** The moves of one record, for whoever waits for somebody else to end with it. */
export class Moves {
  readonly #store: Pick<IntentStore, 'watch'>;
  readonly #key: IntentKey;
  #unwatch: (() => void) | undefined;
  #hasMoved = false;
  #isStopped = false;
  #wake: () => void = () => undefined;

  constructor(store: Pick<IntentStore, 'watch'>, key: IntentKey) {
    this.#store = store;
    this.#key = key;
  }

  /**
   * Resolves when the record may have moved since the call before, after `withinMs` at the latest. The first call only
   * begins to watch: what moved before that is for the caller to see, who looks again then.
   *
   * @throws StoreUnavailableError
   */
  async next(withinMs: number): Promise<void> {
    if (this.#unwatch === undefined) {
      this.#unwatch = await this.#store.watch(this.#key, this.#onMove);
      if (this.#isStopped) this.#unwatch();
      return;
    }
    if (!this.#hasMoved) await this.#moveOr(withinMs);
    this.#hasMoved = false;
  }

  /** Watches no longer. */
  stop(): void {
    this.#isStopped = true;
    this.#unwatch?.();
    this.#wake();
  }

  readonly #onMove = (): void => {
    this.#hasMoved = true;
    this.#wake();
  };

  async #moveOr(withinMs: number): Promise<void> {
    const { promise: moved, resolve } = Promise.withResolvers<undefined>();
    this.#wake = () => resolve(undefined);
    const enough = new AbortController();
    const late = sleep(withinMs, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([moved, late]);
    enough.abort();
  }
}
