import type { WebSocket } from 'ws';
import type { Faults } from './faults';

/** The way out of a session: in order, and with the faults that concern sending. */
export class Outbox {
  private sent = 0;
  private isDead = false;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly socket: WebSocket,
    private readonly faults: () => Faults,
  ) {}

  send(frame: string | Buffer): void {
    this.inTime(() => {
      const { closeAfterEvents, halfOpenAfterEvents } = this.faults();
      if (this.isDead || this.socket.readyState !== this.socket.OPEN) return;
      this.socket.send(frame, { binary: typeof frame !== 'string' });
      this.sent += 1;
      if (closeAfterEvents !== undefined && this.sent >= closeAfterEvents.count) {
        this.socket.close(closeAfterEvents.code, closeAfterEvents.reason ?? '');
      }
      if (halfOpenAfterEvents !== undefined && this.sent >= halfOpenAfterEvents) this.goSilent();
    });
  }

  close(code: number, reason: string): void {
    this.inTime(() => this.socket.close(code, reason));
  }

  /** The connection is gone. */
  end(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  /** Runs now or, delayed, later: equal delays keep their order. */
  private inTime(action: () => void): void {
    const { delayMs = 0 } = this.faults();
    if (delayMs <= 0 && this.timers.size === 0) {
      action();
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, delayMs);
    this.timers.add(timer);
  }

  /** Nothing is sent any more and nothing read, so that not even a ping is answered, and nobody is told. */
  private goSilent(): void {
    this.isDead = true;
    this.socket.pause();
  }
}
