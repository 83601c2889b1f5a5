import { setImmediate as letOthersWork } from 'node:timers/promises';

/** The time of a simulated phone network, in milliseconds since the clock was made. */
export interface Clock {
  now(): number;
  /** Runs once when the clock stands at `atMs` or later, never at once. Returns what calls it off. */
  at(atMs: number, run: () => void): () => void;
}

/**
 * A clock that runs by itself.
 * @param timesRealTime how fast; default 1. The relay's own clocks do not follow, so what it does by the clock looks as
 *   much slower to the phone network as this is faster.
 */
export function realClock(timesRealTime = 1): Clock {
  const startedAt = performance.now();
  const now = () => (performance.now() - startedAt) * timesRealTime;
  return {
    now,
    at(atMs, run) {
      const ring = () => {
        if (now() >= atMs) run();
        // Timers may be a little early.
        else wait();
      };
      const wait = () => {
        timer = setTimeout(ring, Math.ceil(Math.max(0, atMs - now()) / timesRealTime));
      };
      let timer: NodeJS.Timeout | undefined;
      wait();
      return () => clearTimeout(timer);
    },
  };
}

/** A clock that stands still until it is told to go on. */
export class VirtualClock implements Clock {
  private time = 0;
  private alarms: Alarm[] = [];

  now(): number {
    return this.time;
  }

  at(atMs: number, run: () => void): () => void {
    const alarm = { atMs: Math.max(atMs, this.time), run };
    const after = this.alarms.findIndex((other) => other.atMs > alarm.atMs);
    this.alarms.splice(after === -1 ? this.alarms.length : after, 0, alarm);
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm);
    };
  }

  /**
   * Goes on by `ms`, stopping at everything that is due on the way; sockets may work in between. What comes over a
   * socket is dated when it is read, so a test that needs an order waits for an event before it goes on.
   */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    for (let next = this.alarms[0]; next !== undefined && next.atMs <= until; next = this.alarms[0]) {
      this.alarms.shift();
      this.time = next.atMs;
      next.run();
      await letOthersWork();
    }
    this.time = until;
    await letOthersWork();
  }
}

interface Alarm {
  readonly atMs: number;
  readonly run: () => void;
}
