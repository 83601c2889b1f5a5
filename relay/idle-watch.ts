/** Tells when nothing has happened for a while, by looking back now and then instead of at everything that happens. */
export class IdleWatch {
  private timer: NodeJS.Timeout;

  /** @param lastMs when something last happened, on the clock of `performance.now()`. */
  constructor(
    private readonly idleMs: number,
    private readonly lastMs: () => number,
    private readonly onIdle: () => void,
  ) {
    this.timer = setTimeout(() => this.check(), idleMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private check(): void {
    const leftMs = this.lastMs() + this.idleMs - performance.now();
    if (leftMs <= 0) this.onIdle();
    else this.timer = setTimeout(() => this.check(), leftMs);
  }
}
