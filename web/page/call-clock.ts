import { element } from './element';
import { asClock } from './figures';

/** How long there has been a conversation. */
export class CallClock {
  private readonly face = element('clock', HTMLElement);
  private startedAtMs: number | undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;

  /** Milliseconds; 0 where there was no conversation. */
  get elapsedMs(): number {
    return this.startedAtMs === undefined ? 0 : performance.now() - this.startedAtMs;
  }

  reset(): void {
    this.stop();
    this.startedAtMs = undefined;
    this.face.textContent = asClock(0);
  }

  /** Goes on where it runs already. */
  start(): void {
    this.startedAtMs ??= performance.now();
    this.ticking ??= setInterval(() => (this.face.textContent = asClock(this.elapsedMs)), 1_000);
  }

  stop(): void {
    clearInterval(this.ticking);
    this.ticking = undefined;
  }
}
