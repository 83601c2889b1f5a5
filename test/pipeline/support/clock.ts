/** A clock that goes on only when it is told to. */
export class Clock {
  #ms = 1_000;

  readonly monotonicMs = (): number => this.#ms;

  pass(ms: number): void {
    this.#ms += ms;
  }
}
