import { type Call } from './calls';
import { beginAnswer } from './conversation';
import { Metronome } from './metronome';
import { speechOf } from './speech';

/** Base64 characters of a burst: a quarter of a second of 24 kHz PCM. */
const burstCharacters = 16_000;

/** Time between two bursts in one call, in milliseconds: an answer runs ahead of its voice at first. */
const burstMs = 50;

/** What is said ahead in one call, in bytes: enough to fill what the kernel keeps. From then on at the pace of voice. */
const aheadBytes = 9 * 2 ** 20;
const voiceBursts = 5;

const answerId = 'resp_flood';

/** Upstream speaks, as it does: faster than the voice, in bursts, and as long as the relay takes them. */
export class Flood {
  /** Written so far, in bytes. */
  bytes = 0;
  readonly #metronome: Metronome;
  #beats = 0;
  /** Calls whose connection takes no more for now. */
  readonly #full = new Set<Call>();
  readonly #ended = new Set<Call>();

  /** Starts at once. */
  constructor(calls: readonly Call[]) {
    const { down } = speechOf(burstCharacters, answerId);
    for (const call of calls) {
      for (const event of beginAnswer(answerId)) call.upstream.send(event);
      call.upstream.onGone = () => this.#ended.add(call);
    }
    this.#metronome = new Metronome(calls.length, burstMs, (line) => {
      const call = calls[line];
      if (line === 0) this.#beats++;
      if (this.bytes > aheadBytes * calls.length && this.#beats % voiceBursts !== 0) return;
      if (call !== undefined && !this.#full.has(call) && !this.#ended.has(call)) this.#burst(call, down);
    });
    this.#metronome.start();
  }

  /** Calls whose upstream connection is gone. */
  get ended(): number {
    return this.#ended.size;
  }

  stop(): void {
    this.#metronome.stop();
  }

  #burst(call: Call, frame: Buffer): void {
    this.bytes += frame.length;
    if (call.upstream.write(frame)) return;
    this.#full.add(call);
    call.upstream.onceDrained(() => this.#full.delete(call));
  }
}
