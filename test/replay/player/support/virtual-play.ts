import type { Effect, Measure, Outcome, Play, PlayEvent, PlayState } from '../../../../replay/player/model';
import type { Script } from '../../../../replay/player/script';
import { seenInEvent } from '../../../../replay/player/seen';
import { begin, step } from '../../../../replay/player/step';

interface Sent {
  readonly atMs: number;
  readonly dueMs: number;
  readonly event: { readonly type: string; readonly [member: string]: unknown };
}

type Happening = PlayEvent extends infer Event ? (Event extends PlayEvent ? Omit<Event, 'atMs'> : never) : never;

/** A client without a socket, on a clock that goes on when it is told to. */
export class VirtualPlay {
  readonly sent: Sent[] = [];
  readonly measured: { readonly measure: Measure; readonly ms: number }[] = [];
  readonly errors: string[] = [];
  outcome: Outcome | undefined;
  hasHungUp = false;
  nowMs = 0;
  #state: PlayState = begin(0);
  #alarmMs = Infinity;
  readonly #play: Play;

  constructor(script: Script, manner: Partial<Play> = {}) {
    this.#play = { script, speed: 1, expect: 'shape', patienceMs: 30_000, ...manner };
  }

  /** Connected, and the session told, all at once. */
  static begun(script: Script, manner: Partial<Play> = {}): VirtualPlay {
    const play = new VirtualPlay(script, manner);
    play.happens({ kind: 'opened' });
    play.comes({ type: 'session.created', session: {} });
    return play;
  }

  happens(event: Happening): void {
    // What was left out of every event is put in again.
    const { state, effects } = step(this.#play, this.#state, { ...event, atMs: this.nowMs });
    this.#state = state;
    for (const effect of effects) this.#note(effect);
  }

  comes(event: { type: string; [member: string]: unknown }): void {
    const seen = seenInEvent(event);
    if (seen === undefined) throw new Error('This is no event.');
    this.happens({ kind: 'received', seen });
  }

  passes(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.#alarmMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.#alarmMs);
      this.#alarmMs = Infinity;
      this.happens({ kind: 'woken' });
    }
    this.nowMs = untilMs;
  }

  /** The process was held up: everything that was due comes at once. */
  isHeldUp(ms: number): void {
    this.nowMs += ms;
    this.passes(0);
  }

  get types(): string[] {
    return this.sent.map(({ event }) => event.type);
  }

  /** When each event of a type was sent. */
  timesOf(type: string): number[] {
    return this.sent.filter(({ event }) => event.type === type).map(({ atMs }) => atMs);
  }

  took(measure: Measure): number[] {
    return this.measured.filter((each) => each.measure === measure).map(({ ms }) => ms);
  }

  #note(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.sent.push({ atMs: this.nowMs, dueMs: effect.dueMs, event: JSON.parse(effect.frame) as Sent['event'] });
        return;
      case 'wake':
        this.#alarmMs = effect.atMs;
        return;
      case 'hang_up':
        this.hasHungUp = true;
        return;
      case 'measured':
        this.measured.push({ measure: effect.measure, ms: effect.ms });
        return;
      case 'error':
        this.errors.push(effect.code);
        return;
      case 'ended':
        this.outcome = effect.outcome;
    }
  }
}
