import { StoreUnavailableError } from '../errors';
import { type RedisConnection } from './connection';
import { failureOf, isNoScript } from './failure';
import { laneOf } from './keys';
import { type Script } from './script';

export interface RedisLinkOptions {
  /** How long an operation may take in all, in milliseconds. */
  readonly timeoutMs: number;
}

/** What an operation does its work with. All of it rejects with StoreUnavailableError, and always once its time is over. */
export interface Operation {
  /** Sends a command to the server that holds the key; without one, to any. */
  readonly send: (key: string | undefined, args: readonly string[]) => Promise<unknown>;
  /** Runs a script on the server that holds the keys. */
  readonly run: (script: Script, keys: readonly string[], args: readonly string[]) => Promise<unknown>;
}

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
    return this.#isClosed
      ? Promise.reject(new StoreUnavailableError('down', 'The store is closed.'))
      : Promise.resolve();
  }

  /** @throws StoreUnavailableError */
  operation<A>(work: (operation: Operation) => Promise<A>): Promise<A> {
    if (this.#isClosed) return Promise.reject(new StoreUnavailableError('down', 'The store is closed.'));
    const answer = this.#withinTime(work);
    const ended = answer.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.add(ended);
    void ended.then(() => this.#underWay.delete(ended));
    return answer;
  }

  /** Finishes what is under way, then ends the connection. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#underWay);
    this.#connection.destroy();
  }

  #withinTime<A>(work: (operation: Operation) => Promise<A>): Promise<A> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const tooLate = (): void => {
        isOver = true;
        reject(new StoreUnavailableError('slow', `Redis did not answer within ${this.#timeoutMs} ms.`));
      };
      // After a stall of this thread timers run before replies: what has come already is heard first.
      const timer = setTimeout(() => setImmediate(tooLate), this.#timeoutMs);
      const send: Operation['send'] = (key, args) => {
        if (isOver) return Promise.reject(new StoreUnavailableError('slow', 'The time of the operation is over.'));
        return this.#send(key, args);
      };
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

/** By its hash, or with its text where the server does not have it: after a restart, or when somebody flushed scripts. */
async function run(
  send: Operation['send'],
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
