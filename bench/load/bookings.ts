import { Pool } from 'undici';
import { benchOrg } from '../subjects/relay';
import { type RunningSubject } from '../subjects/subject';
import { appointment } from './conversation';

/** How often one appointment is asked for at most. */
const maxTries = 10;

/** Books appointments over HTTP, so many at a time. */
export class Bookings {
  readonly #pool: Pool;
  readonly #atOnce: number;

  constructor(running: RunningSubject, atOnce: number) {
    this.#pool = new Pool(new URL(running.url.replace('ws:', 'http:')).origin, { connections: atOnce });
    this.#atOnce = atOnce;
  }

  /**
   * Books so many appointments, from this number on.
   *
   * @param isDuplicate whether each must have been booked before; none may otherwise
   * @returns the milliseconds it took
   */
  async book(from: number, count: number, isDuplicate = false): Promise<number> {
    let next = from;
    const startedMs = performance.now();
    const workOff = async () => {
      while (next < from + count) await this.#bookOne(next++, isDuplicate);
    };
    await Promise.all(Array.from({ length: this.#atOnce }, workOff));
    return performance.now() - startedMs;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** What a store was too slow for is asked again, as a caller would: a disk under load has such moments. */
  async #bookOne(n: number, isDuplicate: boolean): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const result = await this.#ask(n);
      if (result.includes(`"is_duplicate":${isDuplicate}`)) return;
      if (tries === maxTries || !result.includes('"status":"unavailable"')) {
        throw new Error(`Not what was to be expected: ${result}`);
      }
    }
  }

  async #ask(n: number): Promise<string> {
    const answer = await this.#pool.request({
      method: 'POST',
      path: '/api/execute-intent',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ org_id: benchOrg, tool_name: 'create_appointment', tool_args: appointment(n) }),
    });
    return answer.body.text();
  }
}
