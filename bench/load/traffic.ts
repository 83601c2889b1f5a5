import { setTimeout as sleep } from 'node:timers/promises';
import { type WireFrame } from '../wire/frame';
import { type Call } from './calls';
import { Latencies } from './latency';
import { Metronome } from './metronome';
import { beginAnswer, endAnswer } from './conversation';
import { speechOf, type Speech } from './speech';

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
  /** From when a frame was due to when it was written: how late the generator itself was. */
  readonly lag: Latencies;
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

  /** Starts at once. Other frames than audio go to `onOther` with the place of their call. */
  constructor(
    private readonly calls: readonly Call[],
    private readonly load: Omit<Load, 'sessions'>,
    onOther: { readonly atUpstream: (call: number, frame: WireFrame) => void } = { atUpstream: () => undefined },
  ) {
    const speech = speechOf(load.audioCharacters, answerId(1));
    this.#speeches = calls.map(() => speech);
    const lines = 2 * calls.length;
    this.#arrived = new Array<number>(lines).fill(0);
    this.#metronome = new Metronome(lines, load.periodMs, (line, dueMs) => this.#send(line, dueMs));
    calls.forEach(({ client, upstream }, place) => {
      upstream.onText = (frame) => {
        if (frame.length === speech.upBytes) this.#receive(2 * place);
        else onOther.atUpstream(place, frame);
      };
      client.onText = (frame) => {
        if (frame.length === speech.downBytes) this.#receive(2 * place + 1);
      };
      for (const event of beginAnswer(answerId(1))) upstream.send(event);
    });
    this.#metronome.start();
  }

  /** Watches all frames that are due in the next `lengthMs`. One window at a time. */
  async watch(lengthMs: number): Promise<Window> {
    const fromMs = performance.now();
    const window = { fromMs, toMs: fromMs + lengthMs, due: 0, seen: 0, latency: new Latencies(), lag: new Latencies() };
    this.#window = window;
    await sleep(lengthMs);
    do await sleep(5);
    while (window.seen < window.due && performance.now() < window.toMs + graceMs);
    this.#window = undefined;
    const { due, seen, latency, lag } = window;
    return { missing: due - seen, latency, lag };
  }

  /**
   * In one call after the other, spread evenly over a time: ends its answer, lets upstream say something else, and begins
   * another answer. All of it between two frames, so that the audio goes on as if nothing had happened.
   */
  async interrupt(spreadMs: number, between: (call: number) => readonly object[]): Promise<void> {
    const [last, next] = [answerId(this.#answers), answerId(++this.#answers)];
    const speech = speechOf(this.load.audioCharacters, next);
    for (const [place, { upstream }] of this.calls.entries()) {
      const events = [...endAnswer(last), ...between(place), ...beginAnswer(next)];
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
  #send(line: number, dueMs: number): void {
    const place = line >> 1;
    const [call, speech] = [this.calls[place], this.#speeches[place]];
    if (call === undefined || speech === undefined) return;
    if (line % 2 === 0) call.client.write(speech.up);
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
    window.latency.record(performance.now() - dueMs);
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
  readonly lag: Latencies;
}
