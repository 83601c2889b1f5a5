import { type RedeliveryObservation, type RedeliveryResult } from '../../../../pipeline/deferral/redelivery';
import { type Edge, realEdge } from '../../../../pipeline/edge';
import { type RealtimeHandler } from '../../../../pipeline/realtime-handler';
import { type IntentRecord } from '../../../../pipeline/store/store';
import { appointment } from '../../support/appointment';
import { type Closing } from '../../support/closing';
import { FailingStore } from '../../support/failing-store';
import { bookingKey, pipeline, type PipelineParts } from '../../support/pipeline';
import { type Answer, WebhookCatcher } from '../../support/webhook-catcher';

/** An alarm clock that never rings: time passes only when the test says so. */
export const noAlarm = () => ({ patienceMs: 0, set: () => Promise.resolve(), close: () => Promise.resolve() });

/** A webhook, a store whose time stands still, and processes that share both. It begins an hour before the appointment. */
export class Scene {
  readonly store: FailingStore;
  readonly observed: RedeliveryObservation[] = [];
  readonly edge: Edge;
  readonly catcher: WebhookCatcher;
  readonly #opened: Closing;
  nowMs = Date.parse(appointment.start_time) - 3_600_000;

  private constructor(opened: Closing, catcher: WebhookCatcher) {
    this.#opened = opened;
    this.catcher = catcher;
    this.store = new FailingStore({ now: () => this.nowMs });
    this.edge = { ...realEdge, nowMs: () => this.nowMs, random: () => 0.5 };
  }

  static async open(opened: Closing, ...answers: Answer[]): Promise<Scene> {
    const catcher = await WebhookCatcher.start(...answers);
    return new Scene(
      opened,
      opened.add(catcher, () => catcher.close()),
    );
  }

  /** Another process. */
  process(webhook: PipelineParts['webhook'], parts: Partial<PipelineParts> = {}): RealtimeHandler {
    return pipeline(this.#opened, {
      store: this.store,
      url: this.catcher.url,
      edge: this.edge,
      ...parts,
      ...(webhook && { webhook }),
      options: { alarm: noAlarm, observeRedelivery: (seen) => void this.observed.push(seen), ...parts.options },
    });
  }

  /** The booking as it stands. */
  async record(): Promise<IntentRecord> {
    const record = await this.store.get(bookingKey);
    if (record === undefined) throw new Error('There is no record.');
    return record;
  }

  /** Lets the time of its next try come. */
  async untilDue(): Promise<void> {
    const record = await this.record();
    if (!('nextTryAtMs' in record)) throw new Error(`${record.state} will not be tried.`);
    this.nowMs = record.nextTryAtMs;
  }

  /** What a worker makes of the booking as it stands now. */
  async redeliver(handler: RealtimeHandler, by: 'worker' | 'operator' = 'worker'): Promise<RedeliveryResult> {
    return handler.redeliver(bookingKey, (await this.record()).fence, by);
  }
}
