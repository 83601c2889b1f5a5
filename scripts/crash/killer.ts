import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Booking } from './booking';
import { Ledger } from './ledger';
import { Life } from './life';
import { type Sight } from './messages';
import { type Plan } from './plans';
import { type FixedPoint, type PointFacts, pointFacts, type Promised } from './points';
import { type Receiver, type Reply } from './receiver';

/**
 * By how much the clock is moved on so that whoever died has no time left: longer than any lease, than the cool-down of a
 * refusal, and than any pause before the next try; and short enough for all rounds together to stay within the retention
 * of a record.
 */
const passingMs = 10 * 60_000;

/** Kills processes on the way of their intents, one after the other on the same store, and keeps the books. */
export class Killer {
  readonly ledger: Ledger;
  readonly #storeUrl: string;
  readonly #receiver: Receiver;
  /** So that no intent of an earlier run is met in a store that has seen one. */
  readonly #run = randomUUID().slice(0, 8);
  readonly #bookings: Booking[] = [];
  #aheadMs = 0;
  #life: Life | undefined;

  constructor(storeUrl: string, receiver: Receiver) {
    this.#storeUrl = storeUrl;
    this.#receiver = receiver;
    this.ledger = new Ledger((title) => receiver.effects(title));
  }

  async round(plan: Plan): Promise<void> {
    const bookings =
      plan.point === 'any_moment'
        ? plan.replies.map((reply, index) => this.#book(reply, index % 2 === 0))
        : [this.#bookFor(pointFacts[plan.point])];
    if (plan.point === 'any_moment') await this.#killAtMoments(bookings, plan.momentsMs);
    else await Promise.all(bookings.map((booking) => this.#killAtPoint(booking, plan.point)));
    for (const { title } of bookings) this.#receiver.meet(title, 'accept');

    const left = await this.#look(bookings);
    await this.#repeatUnderLeases(left);
    await this.#passTime();
    if (plan.isSwept) await (await this.#living()).ask('sweep', {});
    const due = left.map((each) => ({ ...each, promised: this.ledger.find(each.booking.title, plan.point, each) }));
    await Promise.all(due.map(({ booking, promised }) => this.#repeat(booking, promised)));
    await this.#deliver(due.filter(({ promised }) => promised === 'later'));
    const isDone = (promised: Promised) => promised === 'afresh' || promised === 'later';
    await Promise.all(
      due.map(({ booking, promised }) => this.#repeat(booking, isDone(promised) ? 'duplicate' : promised)),
    );
    this.ledger.count(
      plan.point,
      due.map((each) => ({ ...each, requests: this.#receiver.requests(each.booking.title) })),
    );
  }

  /** Everything there ever was, in a process that has seen none of it. */
  async repeatAll(): Promise<void> {
    await this.kill();
    for (const { booking, ...sight } of await this.#look(this.#bookings)) {
      await this.#repeat(booking, this.ledger.find(booking.title, 'any_moment', sight));
    }
  }

  async kill(): Promise<void> {
    await this.#life?.kill();
    this.#life = undefined;
    await this.#receiver.quiet();
  }

  #bookFor({ way, reply }: PointFacts): Booking {
    return this.#book(reply, way === 'deferral' || reply === 'too_many');
  }

  #book(reply: Reply, isDeferrable: boolean): Booking {
    const booking = { title: `Appointment ${this.#run}-${this.#bookings.length}`, isDeferrable };
    this.#bookings.push(booking);
    this.#receiver.meet(booking.title, reply);
    return booking;
  }

  async #living(): Promise<Life> {
    this.#life ??= await Life.begin({
      storeUrl: this.#storeUrl,
      webhookUrl: this.#receiver.url,
      aheadMs: this.#aheadMs,
    });
    return this.#life;
  }

  async #killAtPoint(booking: Booking, point: FixedPoint): Promise<void> {
    const { way, at, reply } = pointFacts[point];
    const life = await this.#living();
    if (way === 'deferral') await this.#putOff(booking, reply);
    const received = this.#receiver.received(booking.title);
    if (typeof at === 'object') await life.ask('stopAt', { point: at });
    const answered = way === 'call' ? this.#call(life, booking) : life.ask('deliver', {});
    await (at === 'request' ? received : at === 'answer' ? answered : life.stopped);
    await this.kill();
    await answered;
  }

  /** Brings it where it is sent later, and lets the time of that come. */
  async #putOff(booking: Booking, reply: Reply): Promise<void> {
    this.#receiver.meet(booking.title, 'too_many');
    await this.#call(await this.#living(), booking);
    this.#receiver.meet(booking.title, reply);
    await this.#passTime();
  }

  /** Each death finds the calls repeated, and what was put off being sent, with the time of the one before over. */
  async #killAtMoments(bookings: readonly Booking[], momentsMs: readonly number[]): Promise<void> {
    for (const [index, momentMs] of momentsMs.entries()) {
      const life = await this.#living();
      if (index > 0) await this.#passTime();
      const delivered = life.ask('deliver', {});
      const answered = Promise.all(bookings.map((booking) => this.#call(life, booking)));
      await sleep(momentMs);
      await this.kill();
      await Promise.all([answered, delivered]);
    }
  }

  async #call(life: Life, booking: Booking): Promise<void> {
    this.ledger.hear(booking.title, await life.ask('call', { booking, isHasty: false }));
  }

  async #look(bookings: readonly Booking[]): Promise<Left[]> {
    const life = await this.#living();
    return Promise.all(
      bookings.map(async (booking) => {
        const sight = await life.ask('look', { booking });
        if (sight === undefined) throw new Error('The process died while it looked.');
        return { booking, ...sight };
      }),
    );
  }

  /** While somebody may still be at it, nobody else sends. */
  async #repeatUnderLeases(left: readonly Left[]): Promise<void> {
    const life = await this.#living();
    const leased = left.filter(({ isLeased }) => isLeased);
    await Promise.all(
      leased.map(async ({ booking, isKept }) => {
        const before = this.#receiver.requests(booking.title);
        const outcome = await life.ask('call', { booking, isHasty: true });
        this.ledger.underLease(booking.title, isKept, outcome, this.#receiver.requests(booking.title) - before);
      }),
    );
  }

  async #passTime(): Promise<void> {
    this.#aheadMs += passingMs;
    await (await this.#living()).ask('advance', { ms: passingMs });
  }

  async #repeat(booking: Booking, promised: Promised): Promise<void> {
    const { title } = booking;
    const before = this.#receiver.requests(title);
    const outcome = await (await this.#living()).ask('call', { booking, isHasty: false });
    this.ledger.repeat(title, promised, outcome, this.#receiver.requests(title) - before);
  }

  /** Sends what was put off. */
  async #deliver(left: readonly Left[]): Promise<void> {
    const before = left.map(({ booking }) => this.#receiver.requests(booking.title));
    await (await this.#living()).ask('deliver', {});
    for (const [index, { booking }] of left.entries()) {
      this.ledger.delivered(booking.title, this.#receiver.requests(booking.title) - (before[index] ?? 0));
    }
  }
}

/** An intent as the dead left it. */
interface Left extends Sight {
  readonly booking: Booking;
}
