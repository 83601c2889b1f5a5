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
  readonly #metronome: Metronome;
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
    const lines = 2 * calls.length;
    this.#arrived = new Array<number>(lines).fill(0);
    this.#metronome = new Metronome(lines, manner.periodMs, (line, dueMs, nth) => this.#send(line, dueMs, nth));
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
    this.#metronome.start();
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
   */
  async interrupt(
    spreadMs: number,
    between: (call: number, end: readonly object[]) => readonly object[],
  ): Promise<void> {
    const [last, next] = [answerId(this.#answers), answerId(++this.#answers)];
    const speech = this.manner.speech(next);
    for (const [place, { upstream }] of this.calls.entries()) {
      const events = [...between(place, endAnswer(last)), ...beginAnswer(next)];
      for (const event of events) upstream.send(event);
      this.#speeches[place] = speech;
      await sleep(spreadMs / this.calls.length);
    }
  }

  /** Frames that have arrived since the beginning, both directions. */
  get delivered(): number {
    return this.#arrived.reduce((sum, count) => sum + count, 0);
  }

  stop(): void {
    this.#metronome.stop();
  }

  /** Even lines are clients, odd ones upstream. */
  #send(line: number, dueMs: number, nth: number): void {
    const place = line >> 1;
    const [call, speech] = [this.calls[place], this.#speeches[place]];
    if (call === undefined || speech === undefined) return;
    if (line % 2 === 0) call.client.write(speech.up(nth));
    else call.upstream.write(speech.down);
    const window = this.#window;
    if (window === undefined || dueMs < window.fromMs || dueMs >= window.toMs) return;
    window.due++;
    window.lag.record(performance.now() - dueMs);
  }

  /** Frames of a line arrive in order, so their number tells when they were due. */
  #receive(line: number): void {
    const nth = this.#arrived[line] ?? 0;
    this.#arrived[line] = nth + 1;
    const window = this.#window;
    if (window === undefined) return;
    const dueMs = this.#metronome.dueMs(line, nth);
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

interface OpenWindow {
  readonly fromMs: number;
  readonly toMs: number;
  due: number;
  seen: number;
  readonly latency: Latencies;
  readonly toUpstream: Latencies;
  readonly lag: Latencies;
}
