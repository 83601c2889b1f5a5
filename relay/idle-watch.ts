/** Tells when nothing has happened for a while, without setting a timer for every thing that happens. */
export class IdleWatch {
  private lastMs = performance.now();
  private timer: NodeJS.Timeout;

  constructor(
    private readonly idleMs: number,
    private readonly onIdle: () => void,
  ) {
    this.timer = setTimeout(this.check, idleMs);
  }

  /** Something happened. */
  touch(): void {
    this.lastMs = performance.now();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private readonly check = (): void => {
    const leftMs = this.lastMs + this.idleMs - performance.now();
    if (leftMs <= 0) this.onIdle();
    else this.timer = setTimeout(this.check, leftMs);
  };
}
