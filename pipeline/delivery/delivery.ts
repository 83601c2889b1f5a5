import { type CircuitChange } from './circuit-breaker';

/** What came of sending a request to a webhook, by how far it provably got. */
export type Delivery =
  | Delivered
  /** Refused, without effect. */
  | { readonly kind: 'rejected'; readonly httpStatus: number; readonly code: string }
  | NotSent
  /** It may have happened. */
  | { readonly kind: 'unknown'; readonly code: string; readonly httpStatus?: number };

/** Provably nothing happened. */
export interface NotSent {
  readonly kind: 'not_sent';
  /**
   * Why, in a word that stays the same: `circuit_open` and `rate_limited` (the webhook is given a rest), `no_slot` (too
   * many at a time), `http_429`, or why no connection came up: `refused`, `reset`, `closed`, `dns`, `unreachable`,
   * `connect_timeout`, `timeout`, `tls`, `forbidden_address`, `failed`.
   */
  readonly code: string;
  readonly httpStatus?: number;
  /** After how long it makes sense to try again, in milliseconds, where that is known; as the webhook asked, unbounded. */
  readonly retryAfterMs?: number;
}

/** One delivery that has ended. */
export interface DeliveryObservation {
  readonly orgId: string;
  readonly outcome: Delivery['kind'];
  /** All of it: the wait for a place, the retries and the pauses between them. */
  readonly durationMs: number;
}

/** An org's circuit breaker has changed its state. */
export interface CircuitObservation extends CircuitChange {
  readonly orgId: string;
}

/** The webhook has taken the request: it answered 2xx. */
export interface Delivered {
  readonly kind: 'accepted';
  readonly httpStatus: number;
  /** The receiver's own id for the request, if its answer had one; for support. */
  readonly remoteId?: string;
}
