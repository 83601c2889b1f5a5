import { type Call } from './calls';
import { beginAnswer } from './conversation';
import { Metronome } from './metronome';
import { speechOf } from './speech';

/** Time between two bursts in one call, in milliseconds, and their base64 characters: six times faster than speech. */
const burstMs = 50;
const burstCharacters = 16_000;

const answerId = 'resp_flood';

/** Upstream speaks in bursts, as it does, as long as the relay takes them. */
export class Flood {
  /** Written so far, in bytes. */
  bytes = 0;
  readonly #metronome: Metronome;
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
