import { type Peer } from '../wire/peer';
import { eventIn, type WireEvent } from './upstream';

/** An event and when it came, on the clock of `performance.now()`. */
export interface Received {
  readonly event: WireEvent;
  readonly atMs: number;
}

/** Keeps what comes on one connection until it is asked for. */
export class Inbox {
  readonly #received: Received[] = [];
  #wake: () => void = () => undefined;
  #isGone = false;

  constructor(peer: Peer) {
    peer.onMessage = (frame) => {
      const atMs = performance.now();
      this.#received.push({ event: eventIn(frame), atMs });
      this.#wake();
    };
    peer.onGone = () => {
      this.#isGone = true;
      this.#wake();
    };
  }

  /** The next event that fits; those before it are forgotten. @throws Error when the connection ends before. */
  async next(fits: (event: WireEvent) => boolean): Promise<Received> {
    for (;;) {
      for (let first = this.#received.shift(); first !== undefined; first = this.#received.shift()) {
        if (fits(first.event)) return first;
      }
      if (this.#isGone) throw new Error('The subject ended a session in the middle of a conversation.');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
