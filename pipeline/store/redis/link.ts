import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '../errors';
import { type RedisConnection } from './connection';
import { failureOf, isLostConnection, isNoScript } from './failure';
import { laneOf } from './keys';
import { type Script } from './script';

export interface RedisLinkOptions {
  /** How long an operation may take in all, in milliseconds. */
  readonly timeoutMs: number;
}

/** What an operation does its work with. All of it rejects with StoreUnavailableError, and always once its time is over. */
export interface Operation {
  /** Sends a command to the server that holds the key; without one, to any. */
  readonly send: Send;
  /** Runs a script on the server that holds the keys. */
  readonly run: (script: Script, keys: readonly string[], args: readonly string[]) => Promise<unknown>;
}

type Send = (key: string | undefined, args: readonly string[]) => Promise<unknown>;

/**
 * How long the oldest command to a server may be unanswered before others are refused at once, in milliseconds. A server
 * that is stopped then is asked no more until it has answered, or until the silence has ended the connection.
 */
const stuckMs = 1_000;

/** Does operations on Redis, each within its time. */
export class RedisLink {
  readonly #connection: RedisConnection;
  readonly #timeoutMs: number;
  readonly #underWay = new Set<Promise<unknown>>();
  /** When the unanswered commands of each lane were sent, the oldest first. A lane is what surely shares a server. */
  readonly #unanswered = new Map<string, Set<{ readonly sinceMs: number }>>();
  #isClosed = false;

  constructor(connection: RedisConnection, { timeoutMs }: RedisLinkOptions) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws StoreUnavailableError once it was closed */
  requireOpen(): Promise<void> {
    return this.#isClosed ? Promise.reject(closed()) : Promise.resolve();
  }

  /** Does it now or not at all: where there is no connection, it is refused at once. @throws StoreUnavailableError */
  operation<A>(work: (operation: Operation) => Promise<A>): Promise<A> {
    return this.#operation(work, (send) => send);
  }

  /**
   * Reads, and where the connection is lost waits for it to come back as long as there is time: what became of a write
   * whose reply got lost is found out this way. @throws StoreUnavailableError
   */
  reading<A>(work: (operation: Operation) => Promise<A>): Promise<A> {
    return this.#operation(work, persistently);
  }

  /** Finishes what is under way, then ends the connection. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#underWay);
    this.#connection.destroy();
  }

  #operation<A>(work: (operation: Operation) => Promise<A>, how: (send: Send) => Send): Promise<A> {
    if (this.#isClosed) return Promise.reject(closed());
    const answer = this.#withinTime(work, how);
    const ended = answer.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.add(ended);
    void ended.then(() => this.#underWay.delete(ended));
    return answer;
  }

  #withinTime<A>(work: (operation: Operation) => Promise<A>, how: (send: Send) => Send): Promise<A> {
    return new Promise((resolve, reject) => {
      let tooLate: StoreUnavailableError | undefined;
      const giveUp = (): void => {
        tooLate = new StoreUnavailableError('slow', `Redis did not answer within ${this.#timeoutMs} ms.`);
        reject(tooLate);
      };
      // After a stall of this thread timers run before replies: what has come already is heard first.
      const timer = setTimeout(() => setImmediate(giveUp), this.#timeoutMs);
      const send = how((key, args) => (tooLate ? Promise.reject(tooLate) : this.#send(key, args)));
      work({ send, run: (script, keys, args) => run(send, script, keys, args) })
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  async #send(key: string | undefined, args: readonly string[]): Promise<unknown> {
    const lane = key === undefined ? '' : laneOf(key);
    const unanswered = this.#unanswered.get(lane) ?? new Set();
    this.#unanswered.set(lane, unanswered);
    const sinceMs = performance.now();
    const [oldest] = unanswered;
    if (oldest !== undefined && sinceMs - oldest.sinceMs > stuckMs) {
      throw new StoreUnavailableError('slow', 'Redis has stopped answering.');
    }
    const command = { sinceMs };
    unanswered.add(command);
    try {
      return await this.#connection.send(key, args);
    } catch (error) {
      throw failureOf(error);
    } finally {
      unanswered.delete(command);
    }
  }
}

/** How long to wait before a connection that is lost is tried again, in milliseconds. */
const reconnectLookMs = 10;

/** Sends again what found no connection, for as long as the operation has time. */
function persistently(send: Send): Send {
  return async (key, args) => {
    for (;;) {
      try {
        return await send(key, args);
      } catch (error) {
        if (!isLostConnection(error)) throw error;
        await sleep(reconnectLookMs);
      }
    }
  };
}

function closed(): StoreUnavailableError {
  return new StoreUnavailableError('down', 'The store is closed.');
}

/** By its hash, or with its text where the server does not have it: after a restart, or when somebody flushed scripts. */
async function run(
  send: Send,
  { text, hash }: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args];
  try {
    return await send(keys[0], ['EVALSHA', hash, ...rest]);
  } catch (error) {
    if (!isNoScript(error)) throw error;
    return await send(keys[0], ['EVAL', text, ...rest]);
  }
}
