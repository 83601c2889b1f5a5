import { setTimeout as sleep } from 'node:timers/promises';
import { type WireFrame } from '../wire/frame';
import { type Call } from './calls';
import { Latencies } from './latency';
import { Metronome } from './metronome';
import { beginAnswer, endAnswer } from './conversation';
import { type Speech } from './speech';

/** How much everybody says. */
export interface Load {
  readonly sessions: number;
  /** Time between two frames of one session in one direction, in milliseconds. */
  readonly periodMs: number;
  /** Base64 characters of audio in each frame. */
  readonly audioCharacters: number;
  /** What upstream says, where that is not as much as the client does. */
  readonly answers?: Bursts & { readonly audioCharacters: number };
}

/** So many frames at once, and time between two bursts of one session, in milliseconds. */
export interface Bursts {
  readonly periodMs: number;
  readonly frames: number;
}

/** What was seen of the frames that were due in a window. */
export interface Window {
  /** Frames that were due in it and had not arrived `graceMs` after its end. */
  readonly missing: number;
  /** From when a frame was due to its arrival at the other end. */
  readonly latency: Latencies;
  /** The same of the frames to upstream alone. */
  readonly toUpstream: Latencies;
  /** From when a frame was due to when it was written: how late the generator itself was. */
  readonly lag: Latencies;
}

/** How everybody speaks. */
export interface Manner {
  /** Time between two frames of one call in one direction, in milliseconds. */
  readonly periodMs: number;
  /** The frames of a call while upstream gives this answer; as long in every answer. */
  readonly speech: (answerId: string) => Speech;
  /** How upstream speaks, where that is not as the client does. */
  readonly answers?: Bursts | undefined;
}

/** Takes the frames that are not audio, with the place of their call. */
export interface OtherFrames {
  atUpstream?(call: number, frame: WireFrame): void;
  atClient?(call: number, frame: WireFrame): void;
}

/** How long frames that were due in a window are waited for after its end, in milliseconds. */
const graceMs = 2_000;

/**
 * Audio at a steady rate in both directions of some calls. A frame's latency is counted from the moment it was due, so
 * that time in which the generator was held up by whatever held up the frames is not lost (coordinated omission).
 */
export class Traffic {
  /** To upstream, and to clients; each has a line a call. */
  readonly #ways: readonly [Way, Way];
  /** Of each call. */
  readonly #speeches: Speech[];
  #answers = 1;
  readonly #arrived: number[];
  #window: OpenWindow | undefined;

  /** Starts at once. */
  constructor(
    private readonly calls: readonly Call[],
    private readonly manner: Manner,
    onOther: OtherFrames = {},
  ) {
    const speech = manner.speech(answerId(1));
    this.#speeches = calls.map(() => speech);
    this.#arrived = new Array<number>(2 * calls.length).fill(0);
    const { periodMs, answers = { periodMs, frames: 1 } } = manner;
    this.#ways = [this.#way({ periodMs, frames: 1 }, 0), this.#way(answers, 1)];
    calls.forEach(({ client, upstream }, place) => {
      upstream.onMessage = (frame) => {
        if (frame.length === speech.upBytes) this.#receive(2 * place);
        else onOther.atUpstream?.(place, frame);
      };
      client.onMessage = (frame) => {
        if (frame.length === speech.downBytes) this.#receive(2 * place + 1);
        else onOther.atClient?.(place, frame);
      };
      for (const event of beginAnswer(answerId(1))) upstream.send(event);
    });
    for (const { metronome } of this.#ways) metronome.start();
  }

  /** Watches all frames that are due in the next `lengthMs`. One window at a time. */
  async watch(lengthMs: number): Promise<Window> {
    const fromMs = performance.now();
    const [latency, toUpstream, lag] = [new Latencies(), new Latencies(), new Latencies()];
    const window = { fromMs, toMs: fromMs + lengthMs, due: 0, seen: 0, latency, toUpstream, lag };
    this.#window = window;
    await sleep(lengthMs);
    do await sleep(5);
    while (window.seen < window.due && performance.now() < window.toMs + graceMs);
    this.#window = undefined;
    return { missing: window.due - window.seen, latency, toUpstream, lag };
  }

  /**
   * In one call after the other, spread evenly over a time: ends its answer, lets upstream say something else, and begins
   * another answer. All of it between two frames, so that the audio goes on as if nothing had happened.
   *
   * @param between what is said before the next answer; `end` ends the last one.
   * @param calls the places of the calls this happens in; all unless told otherwise.
   */
  async interrupt(
    spreadMs: number,
    between: (call: number, end: readonly object[]) => readonly object[],
    calls: readonly number[] = [...this.calls.keys()],
  ): Promise<void> {
    const [last, next] = [answerId(this.#answers), answerId(++this.#answers)];
    const speech = this.manner.speech(next);
    for (const place of calls) {
      const upstream = this.calls[place]?.upstream;
      const events = [...between(place, endAnswer(last)), ...beginAnswer(next)];
      for (const event of events) upstream?.send(event);
      this.#speeches[place] = speech;
      await sleep(spreadMs / calls.length);
    }
  }

  /** Frames that have arrived since the beginning, both directions. */
  get delivered(): number {
    return this.#arrived.reduce((sum, count) => sum + count, 0);
  }

  stop(): void {
    for (const { metronome } of this.#ways) metronome.stop();
  }

  #way({ periodMs, frames }: Bursts, direction: 0 | 1): Way {
    const metronome = new Metronome(this.calls.length, periodMs, (place, dueMs, nth) => {
      for (let frame = 0; frame < frames; frame++) this.#send(place, direction, dueMs, nth);
    });
    return { metronome, frames };
  }

  #send(place: number, direction: 0 | 1, dueMs: number, nth: number): void {
    const [call, speech] = [this.calls[place], this.#speeches[place]];
    if (call === undefined || speech === undefined) return;
    if (direction === 0) call.client.write(speech.up(nth));
    else call.upstream.write(speech.down);
    const window = this.#window;
    if (window === undefined || dueMs < window.fromMs || dueMs >= window.toMs) return;
    window.due++;
    window.lag.record(performance.now() - dueMs);
  }

  /** Even lines lead to upstream, odd ones to clients. Frames of a line arrive in order, so their number tells when they were due. */
  #receive(line: number): void {
    const nth = this.#arrived[line] ?? 0;
    this.#arrived[line] = nth + 1;
    const window = this.#window;
    if (window === undefined) return;
    const { metronome, frames } = this.#ways[line % 2 === 0 ? 0 : 1];
    const dueMs = metronome.dueMs(line >> 1, Math.floor(nth / frames));
    if (dueMs < window.fromMs || dueMs >= window.toMs) return;
    window.seen++;
    const tookMs = performance.now() - dueMs;
    window.latency.record(tookMs);
    if (line % 2 === 0) window.toUpstream.record(tookMs);
  }
}

/** Ids of one length, so that their frames have one length too. */
function answerId(n: number): string {
  return `resp_spoken_${String(n).padStart(6, '0')}`;
}

/** One direction of all calls. */
interface Way {
  readonly metronome: Metronome;
  /** At each beat. */
  readonly frames: number;
}

interface OpenWindow {
  readonly fromMs: number;
  readonly toMs: number;
  due: number;
  seen: number;
  readonly latency: Latencies;
  readonly toUpstream: Latencies;
  readonly lag: Latencies;
}
