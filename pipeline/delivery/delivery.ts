/** What came of sending a request to a webhook, by how far it provably got. */
export type Delivery =
  | Delivered
  /** Refused, without effect. */
  | { readonly kind: 'rejected'; readonly httpStatus: number; readonly code: string }
  /** Provably nothing happened. */
  | { readonly kind: 'not_sent'; readonly code: string; readonly httpStatus?: number }
  /** It may have happened. */
  | { readonly kind: 'unknown'; readonly code: string; readonly httpStatus?: number };

/** One delivery that has ended. */
export interface DeliveryObservation {
  readonly orgId: string;
  readonly outcome: Delivery['kind'];
  /** All of it: the wait for a place, the retries and the pauses between them. */
  readonly durationMs: number;
}

/** The webhook has taken the request: it answered 2xx. */
export interface Delivered {
  readonly kind: 'accepted';
  readonly httpStatus: number;
  /** The receiver's own id for the request, if its answer had one; for support. */
  readonly remoteId?: string;
}
