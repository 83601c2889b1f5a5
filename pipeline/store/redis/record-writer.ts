import { LRUCache } from 'lru-cache';
import { type AnswerTo, type Command, type CommandType } from '../command';
import { StoreUnavailableError } from '../errors';
import { type IntentKey, type IntentState, intentStates, keyText } from '../record';
import { transition } from '../transition';
import { type RedisKeys, tagOf } from './keys';
import { type Operation } from './link';
import { readTime, ServerClock } from './server-clock';
import { nothing, readWriteReply, type Standing, standingOf, writeArguments, writeScript } from './write';

export interface RecordWriterOptions {
  readonly keys: RedisKeys;
  /** How long a decision may be written after it was made, in milliseconds: shorter than anybody waits for it. */
  readonly goodForMs: number;
  /** Milliseconds since the epoch, in place of the server's clock; decisions are then good for ever. */
  readonly now?: () => number;
}

/** How often a decision is made anew because somebody else was quicker. */
const maxTries = 16;

/** How much of the records last seen is remembered, in characters. */
const maxRememberedChars = 16 * 1024 * 1024;

/**
 * Applies commands to records by compare-and-set. The rules run here; the server compares and writes.
 *
 * The first decision is made on what this process last saw of the record and on an estimate of the server's clock, so
 * that usually one round trip does it: a claim expects nothing there, and what follows a claim expects what that wrote. A
 * wrong guess costs another round trip and nothing else, because the server writes only where the guess was right.
 */
export class RecordWriter {
  readonly #options: RecordWriterOptions;
  readonly #lastSeen = new LRUCache<string, Standing>({
    maxSize: maxRememberedChars,
    sizeCalculation: ({ text }) => Math.max(1, text.length),
  });
  /** By org, because each org may lie on another server. */
  readonly #clocks = new Map<string, ServerClock>();
  readonly #anyClock = new ServerClock();

  constructor(options: RecordWriterOptions) {
    this.#options = options;
  }

  /** Takes into account what a server's clock showed. */
  heard(serverMs: number): void {
    this.#anyClock.heard(serverMs, 0);
  }

  /** What time it is at the org's server, never ahead of it. */
  nowMs(orgId: string): number {
    return this.#options.now?.() ?? this.#clockOf(orgId).nowMs();
  }

  /** Asks the org's server what time it is: what is known of that lags the more, the longer nothing was written. */
  async askTime({ send }: Operation, orgId: string): Promise<void> {
    const assumedMs = this.nowMs(orgId);
    const serverMs = readTime(await send(this.#options.keys.due(orgId, 'over'), ['TIME']));
    this.#clockOf(orgId).heard(serverMs, assumedMs);
  }

  /** @param seen what was just read of the record. Absent: what this process last saw of it is tried first. */
  async apply<T extends CommandType>(operation: Operation, command: Command<T>, seen?: Standing): Promise<AnswerTo[T]> {
    const id = keyText(command.key);
    let believed = seen ?? this.#lastSeen.get(id) ?? nothing;
    let isCertain = seen !== undefined;
    // Forgotten until a reply says what stands there: if none comes, anything may.
    this.#lastSeen.delete(id);
    for (let tries = 1; tries <= maxTries; tries += 1) {
      const nowMs = this.nowMs(command.key.orgId);
      const { record, answer } = transition(believed.record, command, nowMs);
      const isUnchanged = record === believed.record;
      const next = isUnchanged ? believed : standingOf(record);
      if (!(isUnchanged && isCertain)) {
        const stands = await this.#write(operation, command.key, { believed, next, nowMs });
        if (stands !== undefined) {
          believed = stands;
          isCertain = true;
          continue;
        }
      }
      if (next.record !== undefined) this.#lastSeen.set(id, next);
      return answer;
    }
    throw new StoreUnavailableError('slow', `Others wrote the record ${maxTries} times meanwhile.`);
  }

  /** Takes a record that is gone out of the indexes, whichever held it; does nothing if it is there after all. */
  async forget({ run }: Operation, key: IntentKey): Promise<void> {
    const forgetIn = async (leaves: IntentState): Promise<void> => {
      const call = writeArguments(this.#options.keys, { key, believed: nothing, next: nothing, leaves });
      await run(writeScript, call.keys, call.args);
    };
    await Promise.all(intentStates.map(forgetIn));
  }

  /** What stands there in its place if it was not written. */
  async #write(
    { run }: Operation,
    key: IntentKey,
    { believed, next, nowMs }: { readonly believed: Standing; readonly next: Standing; readonly nowMs: number },
  ): Promise<Standing | undefined> {
    const { keys, goodForMs, now } = this.#options;
    const decided = now === undefined ? { decided: { atMs: nowMs, goodForMs } } : {};
    const call = writeArguments(keys, { key, believed, next, ...decided });
    const reply = readWriteReply(await run(writeScript, call.keys, call.args));
    this.#clockOf(key.orgId).heard(reply.serverMs, nowMs);
    return reply.isWritten ? undefined : reply.stands;
  }

  #clockOf(orgId: string): ServerClock {
    const tag = tagOf(orgId);
    const known = this.#clocks.get(tag);
    if (known !== undefined) return known;
    const clock = new ServerClock(this.#anyClock);
    this.#clocks.set(tag, clock);
    return clock;
  }
}
