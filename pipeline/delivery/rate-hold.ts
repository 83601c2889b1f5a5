import { type Edge } from '../edge';

/** The longest a `Retry-After` is heeded for calls to come, in milliseconds: it is the word of somebody outside. */
export const longestHoldMs = 60_000;

/** How long a webhook has asked to be left alone, with the `Retry-After` of a 429. It holds for every call of the org. */
export class RateHold {
  readonly #edge: Pick<Edge, 'monotonicMs'>;
  #untilMs = -Infinity;

  constructor(edge: Pick<Edge, 'monotonicMs'>) {
    this.#edge = edge;
  }

  /** Holds from now on for so many milliseconds, `longestHoldMs` at most; a hold that lasts longer stays. */
  hold(ms: number): void {
    this.#untilMs = Math.max(this.#untilMs, this.#edge.monotonicMs() + Math.min(ms, longestHoldMs));
  }

  /** Milliseconds left, as a whole number; 0 where nothing is held. */
  leftMs(): number {
    return Math.max(0, Math.ceil(this.#untilMs - this.#edge.monotonicMs()));
  }
}
