import { setTimeout as sleep } from 'node:timers/promises';
import { Call, type Ending, type Line } from './call';

/** What a caller asked for, and what came of it. */
export interface Booking {
  readonly email: string;
  /** How often it was asked for: again after a call that ended in the middle, and after a failure. */
  asked: number;
  /** The words of the last answer; undefined where there was none. */
  answer: string | undefined;
  isConfirmed: boolean;
}

/** How a caller's time is spent, in milliseconds. */
const pauseMs = { between: 2_500, again: 1_000, redial: 200 };

/** How often one asks for the same thing before taking the answer for the last word. */
const patience = 8;

/** Somebody who is on the line for as long as the test lasts, books one appointment after the other, and dials again when cut off. */
export class Caller {
  /** Why dialling was in vain, each time that it was. */
  readonly refusals: string[] = [];
  readonly endings: Ending[] = [];
  readonly bookings: Booking[] = [];
  readonly #line: Line;
  readonly #nextEmail: () => string;
  #call: Call | undefined;
  #isLeaving = false;

  /** @param nextEmail for whom to book next. */
  constructor(line: Line, nextEmail: () => string) {
    this.#line = line;
    this.#nextEmail = nextEmail;
  }

  get isOnTheLine(): boolean {
    return this.#call !== undefined;
  }

  /** Resolves once the caller was told to leave, and has settled what was asked for last. */
  async live(): Promise<void> {
    while (!this.#mayLeave()) {
      const dialled = await Call.dial(this.#line);
      if (dialled.kind === 'refused') this.refusals.push(dialled.why);
      else await this.#converse(dialled.call);
      this.#call = undefined;
      await sleep(pauseMs.redial);
    }
  }

  /** Leaves after what is being asked for. */
  leave(): void {
    this.#isLeaving = true;
  }

  async #converse(call: Call): Promise<void> {
    if (await call.ready) {
      this.#call = call;
      while (!this.#mayLeave() && (await this.#book(call)));
    }
    if (this.#mayLeave()) await call.hangUp();
    else this.endings.push(await call.ended);
  }

  /** Asks for one booking, the last one if that is still open. False where the call ended meanwhile. */
  async #book(call: Call): Promise<boolean> {
    const booking = this.#open() ?? this.#next();
    booking.asked += 1;
    const answer = await call.ask(`Book a demo on 2027-05-04 at 3pm, my e-mail is ${booking.email}`);
    booking.answer = answer ?? booking.answer;
    booking.isConfirmed = answer?.includes(`confirmation email sent to ${booking.email}`) ?? false;
    const pause = sleep(booking.isConfirmed ? pauseMs.between : pauseMs.again, true);
    return Promise.race([pause, call.ended.then(() => false)]);
  }

  #open(): Booking | undefined {
    const last = this.bookings.at(-1);
    return last === undefined || last.isConfirmed || last.asked >= patience ? undefined : last;
  }

  #next(): Booking {
    const booking: Booking = { email: this.#nextEmail(), asked: 0, answer: undefined, isConfirmed: false };
    this.bookings.push(booking);
    return booking;
  }

  #mayLeave(): boolean {
    return this.#isLeaving && this.#open() === undefined;
  }
}
