import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from './ledger';
import { Life } from './life';
import { type Plan, plansFor } from './plans';
import { type Sight } from './messages';
import { type Promised } from './points';
import { Receiver } from './receiver';

export interface CrashOptions {
  /** Any address `openStore` takes. The store may hold other things; it must outlive the process that has it open. */
  readonly storeUrl: string;
  readonly rounds: number;
  /** The same seed makes the same rounds, as far as killing at any moment can be repeated. */
  readonly seed: number;
  /** Told after each round. */
  readonly onRound?: (done: number) => void;
}

/**
 * By how much the store's clock is moved on so that whoever died has no time left: longer than any lease and than the
 * cool-down of a refusal, and short enough for all rounds together to stay within the retention of a record.
 */
const passingMs = 10 * 60_000;

/**
 * Kills a process again and again on the way of its intents, starts another on the same store, repeats the calls, and
 * writes down what came of them. At the end everything is repeated once more.
 */
export async function crash({ storeUrl, rounds, seed, onRound }: CrashOptions): Promise<Ledger> {
  const receiver = await Receiver.start();
  const killer = new Killer(storeUrl, receiver);
  try {
    for (const [index, plan] of plansFor(rounds, seed).entries()) {
      await killer.round(plan);
      onRound?.(index + 1);
    }
    await killer.repeatAll();
    return killer.ledger;
  } finally {
    await killer.kill();
    await receiver.close();
  }
}

class Killer {
  readonly ledger: Ledger;
  readonly #storeUrl: string;
  readonly #receiver: Receiver;
  /** So that no intent of an earlier run is met in a store that has seen one. */
  readonly #run = randomUUID().slice(0, 8);
  readonly #titles: string[] = [];
  #aheadMs = 0;
  #life: Life | undefined;

  constructor(storeUrl: string, receiver: Receiver) {
    this.#storeUrl = storeUrl;
    this.#receiver = receiver;
    this.ledger = new Ledger((title) => receiver.effects(title));
  }

  async round(plan: Plan): Promise<void> {
    const titles = plan.replies.map((reply) => {
      const title = `Appointment ${this.#run}-${this.#titles.length}`;
      this.#titles.push(title);
      this.#receiver.meet(title, reply);
      return title;
    });
    if (plan.point === 'any_moment') await this.#killAtMoments(titles, plan.momentsMs);
    else await this.#killAtPoint(titles[0] ?? '', plan.point);
    for (const title of titles) this.#receiver.meet(title, 'accept');

    const left = await this.#look(titles);
    await this.#repeatUnderLeases(left);
    await this.#passTime();
    if (plan.isSwept) await (await this.#living()).ask('sweep', {});
    const ends = await Promise.all(
      left.map(async ({ title, found }) => {
        const promised = this.ledger.find(title, plan.point, found);
        await this.#repeat(title, promised);
        await this.#repeat(title, promised === 'afresh' ? 'duplicate' : promised);
        return { found, promised, requests: this.#receiver.requests(title) };
      }),
    );
    this.ledger.count(plan.point, ends);
  }

  /** Everything there ever was, in a process that has seen none of it. */
  async repeatAll(): Promise<void> {
    await this.kill();
    for (const { title, found } of await this.#look(this.#titles)) {
      await this.#repeat(title, this.ledger.find(title, 'any_moment', found));
    }
  }

  async kill(): Promise<void> {
    await this.#life?.kill();
    this.#life = undefined;
    await this.#receiver.quiet();
  }

  async #living(): Promise<Life> {
    this.#life ??= await Life.begin({
      storeUrl: this.#storeUrl,
      webhookUrl: this.#receiver.url,
      aheadMs: this.#aheadMs,
    });
    return this.#life;
  }

  async #killAtPoint(title: string, point: Exclude<Plan['point'], 'any_moment'>): Promise<void> {
    const life = await this.#living();
    const received = this.#receiver.received(title);
    if (point !== 'sent' && point !== 'answered') await life.ask('stopAt', { point });
    const answered = this.#call(life, title);
    await (point === 'sent' ? received : point === 'answered' ? answered : life.stopped);
    await this.kill();
    await answered;
  }

  /** Each death finds the calls repeated, with the time of the one before over. */
  async #killAtMoments(titles: readonly string[], momentsMs: readonly number[]): Promise<void> {
    for (const [index, momentMs] of momentsMs.entries()) {
      const life = await this.#living();
      if (index > 0) await this.#passTime();
      const answered = Promise.all(titles.map((title) => this.#call(life, title)));
      await sleep(momentMs);
      await this.kill();
      await answered;
    }
  }

  async #call(life: Life, title: string): Promise<void> {
    this.ledger.hear(title, await life.ask('call', { title, isHasty: false }));
  }

  async #look(titles: readonly string[]): Promise<Left[]> {
    const life = await this.#living();
    return Promise.all(
      titles.map(async (title) => {
        const sight = await life.ask('look', { title });
        if (sight === undefined) throw new Error('The process died while it looked.');
        return { title, ...sight };
      }),
    );
  }

  /** While somebody may still be at it, nobody else sends. */
  async #repeatUnderLeases(left: readonly Left[]): Promise<void> {
    const life = await this.#living();
    const leased = left.filter(({ isLeased }) => isLeased);
    await Promise.all(
      leased.map(async ({ title }) => {
        const before = this.#receiver.requests(title);
        const outcome = await life.ask('call', { title, isHasty: true });
        this.ledger.underLease(title, outcome, this.#receiver.requests(title) - before);
      }),
    );
  }

  async #passTime(): Promise<void> {
    this.#aheadMs += passingMs;
    await (await this.#living()).ask('advance', { ms: passingMs });
  }

  async #repeat(title: string, promised: Promised): Promise<void> {
    const before = this.#receiver.requests(title);
    const outcome = await (await this.#living()).ask('call', { title, isHasty: false });
    this.ledger.repeat(title, promised, outcome, this.#receiver.requests(title) - before);
  }
}

/** An intent as the dead left it. */
interface Left extends Sight {
  readonly title: string;
}
