import { setTimeout as sleep } from 'node:timers/promises';
import { Call, type Line } from './call';

/** How far apart they dial, in milliseconds. */
const apartMs = 200;

/** New callers who come one after the other, see whether they are let in, and hang up. */
export class Newcomers {
  /** How many found a conversation that could begin. */
  served = 0;
  /** Why the others did not. */
  readonly refusals: string[] = [];
  readonly #line: Line;
  readonly #visits: Promise<void>[] = [];
  readonly #coming: Promise<void>;
  #isOver = false;

  constructor(line: Line) {
    this.#line = line;
    this.#coming = this.#come();
  }

  /** No more; resolves when the last has gone. */
  async stop(): Promise<this> {
    this.#isOver = true;
    await this.#coming;
    await Promise.all(this.#visits);
    return this;
  }

  async #come(): Promise<void> {
    while (!this.#isOver) {
      this.#visits.push(this.#visit());
      await sleep(apartMs);
    }
  }

  async #visit(): Promise<void> {
    const dialled = await Call.dial(this.#line);
    if (dialled.kind === 'refused') {
      this.refusals.push(dialled.why);
      return;
    }
    const { call } = dialled;
    if (await call.ready) this.served += 1;
    else {
      const { code, cause } = await call.ended;
      // Let in, and then the relay stopped: a call that ended by its name, and not one that was refused.
      if (cause === 'draining') this.served += 1;
      else this.refusals.push(`closed with ${code} ${cause}`);
    }
    await call.hangUp();
  }
}
