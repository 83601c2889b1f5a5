import { type Edge } from '../edge';

/** When an org's deliveries are given a rest. Setting `webhook.breaker`. */
export interface BreakerSettings {
  /** Deliveries in a row that have to fail. */
  readonly failures: number;
  /** The first rest, in milliseconds; each that follows without a success between is twice as long. */
  readonly pauseMs: number;
  /** The longest rest, in milliseconds. */
  readonly maxPauseMs: number;
}

export const defaultBreaker: BreakerSettings = { failures: 5, pauseMs: 1_000, maxPauseMs: 60_000 };

/** `closed`: deliveries pass. `open`: none does. `half_open`: one is under way, to see how the webhook is. */
export type CircuitState = 'closed' | 'open' | 'half_open';

export interface CircuitChange {
  readonly state: CircuitState;
  /** How long no delivery passes, in milliseconds; only with `open`. */
  readonly pauseMs?: number;
}

/** What a delivery says about its webhook: it answers, it does not or fails, or nothing, because it was not asked. */
export type Evidence = 'alive' | 'failing' | 'none';

/** The right to make one delivery; `end` must be called when it is over. */
export interface Pass {
  readonly kind: 'pass';
  /** False once the breaker has changed its mind while the delivery was under way: then it is not to be repeated. */
  isCurrent(): boolean;
  end(evidence: Evidence): void;
}

/** No delivery now; the time after which one may pass, in milliseconds, where it is known. */
export interface Refusal {
  readonly kind: 'refused';
  readonly retryAfterMs?: number;
}

type State =
  | { readonly kind: 'closed'; failures: number }
  | { readonly kind: 'open'; readonly untilMs: number; readonly pauseMs: number }
  | { readonly kind: 'half_open'; readonly pauseMs: number };

/**
 * Keeps calls away from a webhook that fails, so that they are answered at once and it can recover.
 *
 * After so many failures in a row it opens for a pause. Then one delivery passes as a probe: if the webhook answers, all
 * pass again; if not, the next pause is twice as long. A delivery that ends when the state is no longer the one it began
 * in decides nothing.
 */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #edge: Pick<Edge, 'monotonicMs'>;
  readonly #onChange: (change: CircuitChange) => void;
  #state: State = { kind: 'closed', failures: 0 };

  constructor(
    settings: BreakerSettings,
    edge: Pick<Edge, 'monotonicMs'>,
    onChange: (change: CircuitChange) => void = () => undefined,
  ) {
    this.#settings = settings;
    this.#edge = edge;
    this.#onChange = onChange;
  }

  /** Why no delivery would pass now; undefined if one would. */
  refusal(): Refusal | undefined {
    switch (this.#state.kind) {
      case 'closed':
        return undefined;
      case 'open': {
        const retryAfterMs = Math.ceil(this.#state.untilMs - this.#edge.monotonicMs());
        return retryAfterMs > 0 ? { kind: 'refused', retryAfterMs } : undefined;
      }
      case 'half_open':
        return { kind: 'refused' };
    }
  }

  enter(): Pass | Refusal {
    const refusal = this.refusal();
    if (refusal !== undefined) return refusal;
    if (this.#state.kind === 'open') this.#become({ kind: 'half_open', pauseMs: this.#state.pauseMs });
    const state = this.#state;
    return {
      kind: 'pass',
      isCurrent: () => this.#state === state,
      end: (evidence) => {
        if (this.#state === state) this.#learn(state, evidence);
      },
    };
  }

  #learn(state: State, evidence: Evidence): void {
    const { failures, pauseMs, maxPauseMs } = this.#settings;
    switch (state.kind) {
      case 'closed':
        if (evidence === 'alive') state.failures = 0;
        if (evidence === 'failing') state.failures += 1;
        if (state.failures >= failures) this.#open(pauseMs);
        return;
      case 'half_open':
        if (evidence === 'alive') this.#become({ kind: 'closed', failures: 0 });
        if (evidence === 'failing') this.#open(Math.min(2 * state.pauseMs, maxPauseMs));
        // The probe was never sent: the next delivery is one.
        if (evidence === 'none') this.#become({ ...state, kind: 'open', untilMs: this.#edge.monotonicMs() });
        return;
      case 'open':
    }
  }

  #open(pauseMs: number): void {
    this.#become({ kind: 'open', untilMs: this.#edge.monotonicMs() + pauseMs, pauseMs });
  }

  #become(state: State): void {
    this.#state = state;
    this.#onChange({ state: state.kind, ...(state.kind === 'open' && { pauseMs: state.pauseMs }) });
  }
}
