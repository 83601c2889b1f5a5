import { type Edge } from '../edge';
import { dueAtMs, type IntentKey, type IntentRecord } from '../store/store';

/**
 * Says when something that was kept is due. It is a clock and nothing more: what is to be sent, and whether it still may
 * be, stands in the record alone, so an alarm that is lost costs time and one that rings twice changes nothing.
 */
export interface Alarm {
  /**
   * How long the sweep leaves a record that is due to this alarm before it has it sent itself, in milliseconds.
   */
  readonly patienceMs: number;
  /** Rings when the record is due. Set again for the same claim, it still rings once. */
  set(record: IntentRecord): Promise<void>;
  /** Rings no more. Resolves when everybody it has rung for is done. Does not reject; may be called twice. */
  close(): Promise<void>;
}

/** Whoever has to be woken; resolves when they are done. */
export type Ring = (key: IntentKey, fence: number) => Promise<void>;

/** What is due later than this is left to the sweeps, in milliseconds: one of them will come before. */
const horizonMs = 10_000;

/** By how much later than due an alarm rings, in milliseconds: timers and clocks may be early by a part of one. */
export const slackMs = 2;

/** Timers in this process, beside the sweeps that find in the store what they have missed. */
export class TimerAlarm implements Alarm {
  readonly patienceMs = 0;
  readonly #ring: Ring;
  readonly #edge: Pick<Edge, 'nowMs'>;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isClosed = false;

  constructor(ring: Ring, edge: Pick<Edge, 'nowMs'>) {
    this.#ring = ring;
    this.#edge = edge;
  }

  set(record: IntentRecord): Promise<void> {
    const inMs = (dueAtMs(record) ?? Infinity) - this.#edge.nowMs();
    if (!this.#isClosed && inMs <= horizonMs) {
      const timer = setTimeout(
        () => {
          this.#timers.delete(timer);
          void this.#ring(record.key, record.fence);
        },
        Math.max(0, inMs) + slackMs,
      );
      timer.unref();
      this.#timers.add(timer);
    }
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    return Promise.resolve();
  }
}
