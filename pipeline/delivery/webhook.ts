import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Deadline } from '../deadline';
import { type Edge } from '../edge';
import { type Log } from '../log';
import { type PipelineWebhook } from '../org';
import { answerClass } from './answer-class';
import { type Delivery, type DeliveryObservation } from './delivery';
import { type Exchange, exchange } from './exchange';
import { remoteIdOf } from './remote-id';
import { maxRetries, pauseMs, retryAfterMs } from './retry';
import { signatureHeaders, signingKey } from './signature';
import { Slots } from './slots';

/** How long a connection to a webhook may take to come up, TLS included, in milliseconds. */
export const connectMs = 2_000;

/** One delivery. */
export interface DeliveryRequest {
  readonly intentId: string;
  /** The same bytes on every attempt. */
  readonly body: Buffer;
  /** The time for all of it, the wait for a place included. */
  readonly deadline: Deadline;
  /**
   * Awaited when a place is free, before the first byte; if it rejects, nothing is sent and `deliver` rejects with the
   * same error.
   */
  beforeSending(): Promise<void>;
  /** Its lines name the intent. */
  readonly log: Log;
}

export interface WebhookOptions {
  readonly edge: Pick<Edge, 'nowMs' | 'monotonicMs' | 'random'>;
  /** Told of every delivery that has ended. Must not throw. */
  readonly observe?: (observation: Omit<DeliveryObservation, 'orgId'>) => void;
}

/**
 * Delivers requests to one org's webhook: over kept connections, at most `maxConcurrent` at a time, signed, within the
 * time of each request.
 *
 * It speaks HTTP/1.1 and follows no redirect. It tries again only what provably was not sent: up to twice, after a
 * short random pause, or after the `Retry-After` of a 429 if that fits into the time left.
 */
export class Webhook {
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #keys: readonly Buffer[];
  readonly #edge: WebhookOptions['edge'];
  readonly #observe: WebhookOptions['observe'];
  readonly #pool: Pool;
  readonly #slots: Slots;

  /** The settings are those in which `webhookFault` finds no fault. */
  constructor(settings: PipelineWebhook, { edge, observe }: WebhookOptions) {
    const { url, headers = {}, signingSecrets = [], maxConcurrent, ca } = settings;
    this.#url = new URL(url);
    this.#headers = headers;
    this.#keys = signingSecrets.flatMap((secret) => signingKey(secret) ?? []);
    this.#edge = edge;
    this.#observe = observe;
    this.#slots = new Slots(maxConcurrent);
    this.#pool = new Pool(this.#url.origin, {
      connections: maxConcurrent,
      connectTimeout: connectMs,
      // With HTTP/2 requests share a connection, and its loss would leave several in doubt at once.
      allowH2: false,
      // The exchange has a deadline of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(ca === undefined ? {} : { connect: { ca } }),
    });
  }

  /** Delivers, or reports how far it got. Rejects only if `beforeSending` does. */
  async deliver(request: DeliveryRequest): Promise<Delivery> {
    const startedMs = this.#edge.monotonicMs();
    const delivery = await this.#inPlace(request);
    this.#observe?.({ outcome: delivery.kind, durationMs: this.#edge.monotonicMs() - startedMs });
    return delivery;
  }

  /** Lets go of all connections; what is still being sent is cut off. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #inPlace(request: DeliveryRequest): Promise<Delivery> {
    const release = await this.#slots.acquire(request.deadline.signal);
    if (release === undefined) return { kind: 'not_sent', code: 'no_slot' };
    try {
      await request.beforeSending();
      return await this.#attempts(request);
    } finally {
      release();
    }
  }

  async #attempts(request: DeliveryRequest): Promise<Delivery> {
    const { deadline, log } = request;
    for (let attempt = 1; ; attempt += 1) {
      log.info({ attempt }, 'Executing Zapier webhook for intent');
      const exchanged = await this.#exchange(request);
      const delivery = deliveryOf(exchanged);
      logDelivery(log, delivery, attempt);
      if (delivery.kind !== 'not_sent' || attempt > maxRetries) return delivery;

      const waitMs = this.#waitMs(exchanged);
      if (waitMs === undefined || waitMs >= deadline.remainingMs()) return delivery;
      if (!(await waited(waitMs, deadline.signal))) return delivery;
    }
  }

  #exchange({ intentId, body, deadline }: DeliveryRequest): Promise<Exchange> {
    const headers = {
      ...this.#headers,
      'content-type': 'application/json',
      'idempotency-key': `"${intentId}"`,
      ...(this.#keys.length > 0 && signatureHeaders(this.#keys, intentId, this.#edge.nowMs(), body)),
    };
    const { origin, pathname, search } = this.#url;
    return exchange(this.#pool, { origin, path: pathname + search, headers, body }, deadline.signal);
  }

  /** Undefined where another attempt makes no sense. */
  #waitMs(exchanged: Exchange): number | undefined {
    const pause = pauseMs(() => this.#edge.random());
    if (exchanged.kind === 'not_started') return pause;
    const askedMs = exchanged.kind === 'answered' ? retryAfterMs(exchanged.retryAfter, this.#edge.nowMs()) : undefined;
    return askedMs === undefined ? undefined : Math.max(pause, askedMs);
  }
}

function deliveryOf(exchanged: Exchange): Delivery {
  switch (exchanged.kind) {
    case 'not_started':
      return { kind: 'not_sent', code: exchanged.code };
    case 'no_answer':
      return { kind: 'unknown', code: exchanged.code };
    case 'answered': {
      const { httpStatus, body } = exchanged;
      const kind = answerClass(httpStatus);
      if (kind !== 'accepted') return { kind, httpStatus, code: `http_${httpStatus}` };
      const remoteId = remoteIdOf(body);
      return { kind, httpStatus, ...(remoteId === undefined ? {} : { remoteId }) };
    }
  }
}

function logDelivery(log: Log, delivery: Delivery, attempt: number): void {
  const fields = { ...delivery, attempt };
  switch (delivery.kind) {
    case 'accepted':
      log.info(fields, 'Zapier webhook executed successfully');
      break;
    case 'rejected':
      log.warn(fields, 'Zapier webhook refused the intent');
      break;
    case 'not_sent':
      log.warn(fields, 'Zapier webhook not reached for intent');
      break;
    case 'unknown':
      log.error(fields, 'Zapier webhook outcome unknown for intent');
  }
}

/** Waits; false as soon as the signal aborts. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
