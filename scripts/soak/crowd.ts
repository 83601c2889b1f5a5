import pLimit from 'p-limit';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, openCall } from '../../bench/load/calls';
import { beginAnswer, bookAppointment, endAnswer } from '../../bench/load/conversation';
import { type Speech, speechOf } from '../../bench/load/speech';
import { type Upstream } from '../../bench/load/upstream';
import { type RunningSubject } from '../../bench/subjects/subject';

/** What a crowd has seen so far. */
export interface Told {
  /** Sessions that ended because one of the two sides wanted it. */
  readonly ended: number;
  /** Sessions that were refused, or ended by themselves. */
  readonly lost: number;
  readonly toolCalls: number;
}

/** Time between two frames of a session in one direction, and how long it lives, in milliseconds. */
const periodMs = 100;
const lifeMs = { least: 5_000, most: 60_000 };

/** How long nothing more is asked for before a session ends, so that its tool call is over. */
const quietMs = 1_500;

const answers = ['resp_spoken_000001', 'resp_spoken_000002'] as const;
/** 100 ms of 24 kHz PCM. */
const speeches = [speechOf(6_400, answers[0]), speechOf(6_400, answers[1])] as const;

/** People who call, talk, have something booked, hang up, and call again. */
export class Crowd {
  #ended = 0;
  #lost = 0;
  #toolCalls = 0;
  #isGoing = false;
  #people: Promise<void>[] = [];
  /** The bench's upstream can tell whose end is whose only if one session opens at a time. */
  readonly #inTurn = pLimit(1);

  constructor(
    private readonly relay: RunningSubject,
    private readonly upstream: Upstream,
  ) {}

  get ended(): number {
    return this.#ended;
  }

  get told(): Told {
    return { ended: this.#ended, lost: this.#lost, toolCalls: this.#toolCalls };
  }

  /** One short session. */
  rehearse(): Promise<void> {
    return this.#call(0, lifeMs.least);
  }

  /** So many begin to call, and call again until the crowd is dispersed. */
  gather(people: number): void {
    this.#isGoing = true;
    this.#people = Array.from({ length: people }, (_, person) => this.#callAgainAndAgain(person));
  }

  /** Resolves when everybody has hung up, at the end of what they were talking about. */
  async disperse(): Promise<void> {
    this.#isGoing = false;
    await Promise.all(this.#people);
  }

  async #callAgainAndAgain(person: number): Promise<void> {
    for (let nth = 1; this.#isGoing; nth++) {
      // Spread without chance, so that every run is like the last: both factors are prime.
      const spread = (person * 7_919 + nth * 10_007) % (lifeMs.most - lifeMs.least);
      await this.#call(person + nth, lifeMs.least + spread);
    }
  }

  async #call(nth: number, forMs: number): Promise<void> {
    const call = await this.#inTurn(() => openCall(this.relay, this.upstream)).catch(() => undefined);
    if (call === undefined) {
      this.#lost++;
      await sleep(1_000);
      return;
    }
    const fate: { by?: 'itself' | 'us' } = {};
    call.client.onGone = call.upstream.onGone = () => (fate.by ??= 'itself');
    await this.#talk(call, forMs, () => fate.by === undefined);
    fate.by ??= 'us';
    if (fate.by === 'us') this.#ended++;
    else this.#lost++;
    // Both ways of ending a session, in turns.
    (nth % 2 === 0 ? call.client : call.upstream).destroy();
    await sleep(0);
  }

  async #talk(call: Call, forMs: number, isOn: () => boolean): Promise<void> {
    let speech: Speech = speeches[0];
    say(call, beginAnswer(answers[0]));
    let nth = 0;
    const beat = setInterval(() => {
      call.client.write(speech.up(nth++));
      call.upstream.write(speech.down);
    }, periodMs);
    await sleep((forMs - quietMs) / 2);
    if (isOn()) {
      const { before, release } = bookAppointment(++this.#toolCalls);
      say(call, [...endAnswer(answers[0]), ...before, ...release, ...beginAnswer(answers[1])]);
      speech = speeches[1];
      await sleep((forMs - quietMs) / 2);
    }
    clearInterval(beat);
    if (isOn()) await sleep(quietMs);
  }
}

function say({ upstream }: Call, events: readonly object[]): void {
  for (const event of events) upstream.send(event);
}
