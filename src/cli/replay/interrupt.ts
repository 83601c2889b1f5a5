import { exitCode } from '../exit-code';

/** Ctrl-C, or a request to stop: the first asks for an orderly end, the second quits. */
export class Interrupt {
  isAsked = false;
  readonly #onAsked = new Set<() => void>();
  readonly #ask = () => {
    if (this.isAsked) process.exit(exitCode.failed);
    this.isAsked = true;
    for (const act of this.#onAsked) act();
  };

  constructor() {
    process.on('SIGINT', this.#ask);
    process.on('SIGTERM', this.#ask);
  }

  /** Does it when asked, or at once if that has been. */
  onAsked(act: () => void): void {
    this.#onAsked.add(act);
    if (this.isAsked) act();
  }
}
