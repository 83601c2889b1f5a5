import { type RedisConnection } from './connection';

export interface RedisWatchersOptions {
  /** How often a watcher looks by itself, about, in milliseconds: a message may get lost, and with it the only news. */
  readonly pollMs: number;
  /** How long to wait for a subscription before relying on that alone, in milliseconds. */
  readonly timeoutMs: number;
}

/** Whoever in this process waits for a record to move. */
export class RedisWatchers {
  readonly #connection: Pick<RedisConnection, 'subscribe' | 'unsubscribe'>;
  readonly #options: RedisWatchersOptions;
  readonly #watchers = new Set<Watcher>();

  constructor(connection: Pick<RedisConnection, 'subscribe' | 'unsubscribe'>, options: RedisWatchersOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Resolves once messages of the channel are heard, or are not to be had for now; with what ends it. Never rejects. */
  async watch(channel: string, onMove: () => void): Promise<() => void> {
    const { pollMs, timeoutMs } = this.#options;
    const watcher = new Watcher(this.#connection, channel, onMove);
    this.#watchers.add(watcher);
    // The jitter keeps many that began together from looking together.
    watcher.lookEvery(pollMs * (0.8 + 0.2 * Math.random()));
    await watcher.subscribed(timeoutMs);
    return () => {
      this.#watchers.delete(watcher);
      watcher.end();
    };
  }

  /** Ends all of them. */
  clear(): void {
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
  }
}

class Watcher {
  readonly #connection: Pick<RedisConnection, 'subscribe' | 'unsubscribe'>;
  readonly #channel: string;
  readonly #onMove: () => void;
  #subscription: 'none' | 'asked' | 'held' = 'none';
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(connection: Pick<RedisConnection, 'subscribe' | 'unsubscribe'>, channel: string, onMove: () => void) {
    this.#connection = connection;
    this.#channel = channel;
    this.#onMove = onMove;
  }

  lookEvery(ms: number): void {
    this.#timer = setInterval(() => {
      this.#onMove();
      void this.#subscribe();
    }, ms);
  }

  async subscribed(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.#subscribe(), tooLate]);
    clearTimeout(timer);
  }

  end(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#letGo();
  }

  /** Asks for messages unless that was done; what fails is tried again at the next look. */
  async #subscribe(): Promise<void> {
    if (this.#isOver || this.#subscription !== 'none') return;
    this.#subscription = 'asked';
    try {
      await this.#connection.subscribe(this.#channel, this.#hear);
      this.#subscription = 'held';
      this.#letGo();
    } catch {
      this.#subscription = 'none';
    }
  }

  /** Own to each watcher, because the connection tells listeners apart by identity. */
  readonly #hear = (): void => {
    if (!this.#isOver) this.#onMove();
  };

  #letGo(): void {
    if (!this.#isOver || this.#subscription !== 'held') return;
    this.#subscription = 'none';
    this.#connection.unsubscribe(this.#channel, this.#hear).catch(() => undefined);
  }
}
