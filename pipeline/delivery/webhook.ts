import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Deadline } from '../deadline';
import { type Edge } from '../edge';
import { type Log } from '../log';
import { type PipelineWebhook } from '../org';
import { checkedLookup } from './checked-lookup';
import { CircuitBreaker, type CircuitChange, defaultBreaker, type Evidence, type Pass } from './circuit-breaker';
import { type Delivery, type DeliveryObservation, type NotSent } from './delivery';
import { type Exchange, exchange } from './exchange';
import { RateHold } from './rate-hold';
import { maxRetries, pauseMs } from './retry';
import { signatureHeaders, signingKey } from './signature';
import { SharedSlots, type TakeShared } from './shared-slots';
import { Slots } from './slots';
import { deliveryOf } from './verdict';
import { logCircuit, logDelivery } from './webhook-log';

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
  readonly edge: Pick<Edge, 'nowMs' | 'monotonicMs' | 'random' | 'resolve'>;
  /** Takes a place that other processes count too. Left out: `maxConcurrent` is this process's own. */
  readonly takeShared?: TakeShared;
  /** Told of every delivery that has ended. Must not throw. */
  readonly observe?: (observation: Omit<DeliveryObservation, 'orgId'>) => void;
  /** For what concerns no single intent; its lines name the org. */
  readonly log: Log;
  /** Told when the circuit breaker changes its state. Must not throw. */
  readonly observeCircuit?: (change: CircuitChange) => void;
}

/**
 * Delivers requests to one org's webhook: over kept connections, at most `maxConcurrent` at a time, signed, within the
 * time of each request.
 *
 * It speaks HTTP/1.1, follows no redirect and connects to no address but those its settings allow. It tries again only
 * what provably was not sent: up to twice, after a short random pause, or after the `Retry-After` of a 429 if that fits
 * into the time left.
 *
 * A webhook that fails is left alone for a while, and one that asks for time is given it: meanwhile a delivery ends at
 * once as `circuit_open`, or waits, or ends as `rate_limited` if its time is too short for that. Nothing of it is sent,
 * and `beforeSending` is not called.
 */
export class Webhook {
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #keys: readonly Buffer[];
  readonly #edge: WebhookOptions['edge'];
  readonly #observe: WebhookOptions['observe'];
  readonly #pool: Pool;
  readonly #slots: Pick<Slots, 'acquire'>;
  readonly #breaker: CircuitBreaker;
  readonly #hold: RateHold;

  /** The settings are those in which `webhookFault` finds no fault. */
  constructor(settings: PipelineWebhook, { edge, log, takeShared, observe, observeCircuit }: WebhookOptions) {
    const { url, headers = {}, signingSecrets = [], maxConcurrent, breaker = defaultBreaker, ca } = settings;
    this.#url = new URL(url);
    this.#headers = headers;
    this.#keys = signingSecrets.flatMap((secret) => signingKey(secret) ?? []);
    this.#edge = edge;
    this.#observe = observe;
    this.#slots = takeShared
      ? new SharedSlots(maxConcurrent, takeShared, () => edge.random())
      : new Slots(maxConcurrent);
    this.#breaker = new CircuitBreaker(breaker, edge, (change) => {
      logCircuit(log, change);
      observeCircuit?.(change);
    });
    this.#hold = new RateHold(edge);
    this.#pool = new Pool(this.#url.origin, {
      connections: maxConcurrent,
      connectTimeout: connectMs,
      // With HTTP/2 requests share a connection, and its loss would leave several in doubt at once.
      allowH2: false,
      // The exchange has a deadline of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        lookup: checkedLookup(this.#url, settings, (name) => edge.resolve(name)),
        ...(ca === undefined ? {} : { ca }),
      },
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
    const { deadline } = request;
    // Looked at before the wait for a place too, because that wait would be for nothing.
    const refusal = this.#breaker.refusal();
    if (refusal !== undefined) return notNow('circuit_open', refusal.retryAfterMs);
    const heldMs = this.#hold.leftMs();
    if (heldMs > 0 && heldMs >= deadline.remainingMs()) return notNow('rate_limited', heldMs);

    const release = await this.#slots.acquire(deadline.signal);
    if (release === undefined) return notNow('no_slot');
    try {
      return (await this.#heldBack(deadline)) ?? (await this.#passing(request));
    } finally {
      release();
    }
  }

  /** Waits until the webhook may be asked again; why it will not be in time, if so. */
  async #heldBack(deadline: Deadline): Promise<NotSent | undefined> {
    for (let heldMs = this.#hold.leftMs(); heldMs > 0; heldMs = this.#hold.leftMs()) {
      const isInTime = heldMs < deadline.remainingMs() && (await waited(heldMs, deadline.signal));
      if (!isInTime) return notNow('rate_limited', this.#hold.leftMs());
    }
    return undefined;
  }

  async #passing(request: DeliveryRequest): Promise<Delivery> {
    const pass = this.#breaker.enter();
    if (pass.kind === 'refused') return notNow('circuit_open', pass.retryAfterMs);
    let evidence: Evidence = 'none';
    try {
      await request.beforeSending();
      const delivery = await this.#attempts(request, pass);
      evidence = evidenceOf(delivery);
      return delivery;
    } finally {
      pass.end(evidence);
    }
  }

  async #attempts(request: DeliveryRequest, pass: Pass): Promise<Delivery> {
    const { deadline, log } = request;
    for (let attempt = 1; ; attempt += 1) {
      log.info({ attempt }, 'Executing Zapier webhook for intent');
      const delivery = deliveryOf(await this.#exchange(request), this.#edge.nowMs());
      logDelivery(log, delivery, attempt);
      if (delivery.kind !== 'not_sent') return delivery;
      if (delivery.retryAfterMs !== undefined) this.#hold.hold(delivery.retryAfterMs);
      if (attempt > maxRetries) return delivery;

      const waitMs = this.#waitMs(delivery);
      if (waitMs === undefined || waitMs >= deadline.remainingMs()) return delivery;
      if (!(await waited(waitMs, deadline.signal))) return delivery;
      // Others may have learned meanwhile that the webhook is to be left alone.
      if ((await this.#heldBack(deadline)) !== undefined || !pass.isCurrent()) return delivery;
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

  /** Undefined where another attempt makes no sense: the webhook has answered, and did not say when to come again. */
  #waitMs({ httpStatus, retryAfterMs }: NotSent): number | undefined {
    if (httpStatus !== undefined && retryAfterMs === undefined) return undefined;
    return Math.max(
      pauseMs(() => this.#edge.random()),
      retryAfterMs ?? 0,
    );
  }
}

/** A delivery that was not even tried. */
function notNow(code: 'circuit_open' | 'rate_limited' | 'no_slot', retryAfterMs?: number): NotSent {
  return { kind: 'not_sent', code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** A webhook that refuses or asks for time is well; one that cannot be reached, says nothing or answers 5xx is not. */
function evidenceOf({ kind, httpStatus }: Delivery): Evidence {
  return kind !== 'accepted' && (httpStatus === undefined || httpStatus >= 500) ? 'failing' : 'alive';
}

/** Waits; false as soon as the signal aborts. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
