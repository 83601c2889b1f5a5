import pLimit, { type LimitFunction } from 'p-limit';
import { type Edge } from '../edge';
import { errorFields, type Log } from '../log';
import { dueAtMs, type IntentKey, type IntentRecord, keyText, StoreUnavailableError } from '../store/store';
import { type Alarm, type Ring } from './alarm';
import { type Redelivery } from './redelivery';

/**
 * How many deliveries of one org are made at a time without a caller at most, and never more than half of those that its
 * webhook takes, so that its callers find places free. One it is at least.
 */
export const maxDeferredAtOnce = 4;

/** Most records that wait for that in this process; the store remembers the rest. */
const maxWaiting = 10_000;

export interface DeferralsOptions {
  readonly redelivery: Redelivery;
  readonly edge: Pick<Edge, 'nowMs'>;
  readonly log: Log;
  /** How many deliveries the webhook of an org takes at a time; undefined where there is none. */
  readonly placesOf: (orgId: string) => number | undefined;
  /** Makes the alarm clock. */
  readonly alarm: (ring: Ring) => Alarm;
}

/** Sees to it that what was kept is sent when it is due: sets the alarm, and sends when it rings or a sweep says so. */
export class Deferrals {
  readonly #options: DeferralsOptions;
  readonly #alarm: Alarm;
  readonly #orgs = new Map<string, LimitFunction>();
  readonly #inHand = new Map<string, Promise<void>>();
  #isDraining = false;

  constructor(options: DeferralsOptions) {
    this.#options = options;
    this.#alarm = options.alarm((key, fence) => this.#take(key, fence));
  }

  /** Something was kept, to be sent at its time. */
  kept(record: IntentRecord): void {
    if (!this.#isDraining) void this.#set(record);
  }

  /**
   * What a sweep has found due. Where an alarm should have rung it is set once more, in case it was lost; what has waited
   * for that too long, or cannot have an alarm, is sent from here.
   */
  due(records: readonly IntentRecord[]): void {
    const { patienceMs } = this.#alarm;
    for (const record of records) {
      if (this.#isDraining) return;
      const lateMs = this.#options.edge.nowMs() - (dueAtMs(record) ?? Infinity);
      // Due by the store and not by this clock: then an alarm set by this clock would ring late.
      const isBehind = lateMs < 0;
      if (isBehind || lateMs >= patienceMs) void this.#take(record.key, record.fence);
      else void this.#setOrTake(record);
    }
  }

  /** From now on nothing is begun here. */
  drain(): void {
    this.#isDraining = true;
    void this.#alarm.close();
  }

  /** Resolves when the alarm is off and all it had rung for is done. */
  close(): Promise<void> {
    this.#isDraining = true;
    return this.#alarm.close();
  }

  async #setOrTake(record: IntentRecord): Promise<void> {
    if (!(await this.#set(record))) await this.#take(record.key, record.fence);
  }

  async #set(record: IntentRecord): Promise<boolean> {
    try {
      await this.#alarm.set(record);
      return true;
    } catch (error) {
      // The sweep finds it when it is due.
      this.#options.log.warn(errorFields(error), 'Deferred intent has no alarm');
      return false;
    }
  }

  /** Never rejects. */
  #take(key: IntentKey, fence: number): Promise<void> {
    const name = `${keyText(key)}#${fence}`;
    const inHand = this.#inHand.get(name);
    if (inHand !== undefined) return inHand;
    if (this.#inHand.size >= maxWaiting) return Promise.resolve();
    const work = this.#limitOf(key.orgId)(() => this.#redeliver(key, fence)).finally(() => this.#inHand.delete(name));
    this.#inHand.set(name, work);
    return work;
  }

  #limitOf(orgId: string): LimitFunction {
    const places = this.#options.placesOf(orgId) ?? maxDeferredAtOnce;
    const limit = this.#orgs.get(orgId) ?? pLimit(Math.max(1, Math.min(maxDeferredAtOnce, Math.floor(places / 2))));
    this.#orgs.set(orgId, limit);
    return limit;
  }

  async #redeliver(key: IntentKey, fence: number): Promise<void> {
    const { redelivery, log } = this.#options;
    try {
      await redelivery.redeliver(key, fence, 'worker');
    } catch (error) {
      if (error instanceof StoreUnavailableError)
        log.warn({ reason: error.reason }, 'Deferred intent: store unavailable');
      else log.error(errorFields(error), 'Deferred intent failed by a fault of the program');
    }
  }
}
