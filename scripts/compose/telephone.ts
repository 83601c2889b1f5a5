import { setTimeout as sleep } from 'node:timers/promises';
import { type DocumentCall, type DocumentCarrier, startTwilio } from '../../simulator/carriers';
import { voice } from '../long-call/words';

/** The load balancer's origin as the carrier knows it. */
const publicUrl = 'https://relay.example.com';

const number = '+15550002222';
const authToken = 'the-token-of-the-account';

/** What the relays have to know of the number, as the variables of docker-compose.test.yml. */
export const phoneVariables = { PUBLIC_URL: publicUrl, PHONE_NUMBER: number, PHONE_TOKEN: authToken };

/** Whom appointments are for that are booked by phone. */
export const phoneEmail = 'by-phone@example.com';

/** What callers say, whatever it sounds like: upstream's stand-in takes this for the words of everything that is spoken. */
export const phoneWords = `Book a demo on 2027-05-04 at 3pm, my e-mail is ${phoneEmail}`;

/** How long an answer may take, and how much is heard of the greeting and of the answer, in milliseconds. */
const patienceMs = 30_000;
const heardMs = 1_500;

/** A telephone at a stand-in for Twilio, on which one calls the load balancer. */
export class Telephone {
  readonly #carrier: DocumentCarrier;

  /** @param address where the load balancer is found, such as `http://127.0.0.1:8000`. */
  static async open(address: string): Promise<Telephone> {
    const answerUrl = `${publicUrl}/telephony/twilio/voice`;
    return new Telephone(await startTwilio({ answerUrl, address, authToken }));
  }

  private constructor(carrier: DocumentCarrier) {
    this.#carrier = carrier;
  }

  /**
   * Calls, interrupts the greeting to ask for an appointment, hears the beginning of what came of it, and hangs up.
   *
   * @param isAnswered whether the model has been told what came of it.
   * @throws Error where the call breaks off, or nothing is heard.
   */
  async book(isAnswered: () => boolean): Promise<DocumentCall> {
    const call = this.#carrier.call({ to: number });
    await call.until('stream_opened');
    await call.untilHeard(heardMs);
    await call.say(voice);
    const endMs = performance.now() + patienceMs;
    while (!isAnswered()) {
      if (performance.now() > endMs) throw new Error('A caller by phone was not answered.');
      await sleep(50);
    }
    await call.untilHeard(call.heardMs + heardMs);
    call.hangUp();
    await call.ended;
    return call;
  }

  async close(): Promise<void> {
    await this.#carrier.close();
  }
}
