import { Pool } from 'undici';
import { benchOrg } from '../subjects/relay';
import { type RunningSubject } from '../subjects/subject';
import { appointment } from './conversation';

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

  async #bookOne(n: number, isDuplicate: boolean): Promise<void> {
    const answer = await this.#pool.request({
      method: 'POST',
      path: '/api/execute-intent',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ org_id: benchOrg, tool_name: 'create_appointment', tool_args: appointment(n) }),
    });
    const result = await answer.body.text();
    if (!result.includes(`"is_duplicate":${isDuplicate}`)) throw new Error(`Not what was to be expected: ${result}`);
  }
}
