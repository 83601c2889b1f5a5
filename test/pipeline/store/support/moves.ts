/** Counts the calls of a watcher and lets a test wait for the next. */
export class Moves {
  count = 0;
  #seen = 0;
  #wake = (): void => undefined;

  readonly onMove = (): void => {
    this.count += 1;
    this.#wake();
  };

  /** Resolves once it was called since this resolved last. */
  async next(): Promise<void> {
    while (this.count === this.#seen) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#seen = this.count;
  }
}
