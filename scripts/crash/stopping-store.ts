import {
  type Claim,
  type ClaimAnswer,
  type IntentCounts,
  type IntentKey,
  type IntentPage,
  type IntentQuery,
  type IntentRecord,
  type IntentStore,
  type Reclaim,
  type ReclaimAnswer,
  type Resolve,
  type ResolveAnswer,
  type Settle,
  type SettleAnswer,
  type StartSending,
  type StartSendingAnswer,
  type Sweep,
  type SweepReport,
} from '../../pipeline/store/store';
import { type StorePoint } from './points';

/** A store in front of another that, once told so, stops at one point for good: whoever comes there waits for ever. */
export class StoppingStore implements IntentStore {
  stopAt: StorePoint | undefined;
  readonly kind: IntentStore['kind'];
  readonly #inner: IntentStore;
  readonly #onStop: () => void;

  constructor(inner: IntentStore, onStop: () => void) {
    this.kind = inner.kind;
    this.#inner = inner;
    this.#onStop = onStop;
  }

  claim(claim: Claim): Promise<ClaimAnswer> {
    return this.#past('claim', () => this.#inner.claim(claim));
  }

  reclaim(reclaim: Reclaim): Promise<ReclaimAnswer> {
    return this.#past('claim', () => this.#inner.reclaim(reclaim));
  }

  startSending(start: StartSending): Promise<StartSendingAnswer> {
    return this.#past('startSending', () => this.#inner.startSending(start));
  }

  settle(settle: Settle): Promise<SettleAnswer> {
    return this.#past('settle', () => this.#inner.settle(settle));
  }

  resolve(resolve: Resolve): Promise<ResolveAnswer> {
    return this.#inner.resolve(resolve);
  }

  get(key: IntentKey): Promise<IntentRecord | undefined> {
    return this.#inner.get(key);
  }

  sweep(sweep: Sweep): Promise<SweepReport> {
    return this.#inner.sweep(sweep);
  }

  list(query: IntentQuery): Promise<IntentPage> {
    return this.#inner.list(query);
  }

  watch(key: IntentKey, onMove: () => void): Promise<() => void> {
    return this.#inner.watch(key, onMove);
  }

  redeem(ticket: string, ttlMs: number): Promise<boolean> {
    return this.#inner.redeem(ticket, ttlMs);
  }

  counts(orgId?: string): Promise<IntentCounts> {
    return this.#inner.counts(orgId);
  }

  ping(): Promise<void> {
    return this.#inner.ping();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #past<A>(operation: StorePoint['operation'], work: () => Promise<A>): Promise<A> {
    await this.#pass({ operation, when: 'before' });
    const answer = await work();
    await this.#pass({ operation, when: 'after' });
    return answer;
  }

  #pass({ operation, when }: StorePoint): Promise<void> {
    if (operation !== this.stopAt?.operation || when !== this.stopAt.when) return Promise.resolve();
    // Whoever would not wait for the store, as it must, has gone on by then, and is found out.
    setImmediate(() => setImmediate(this.#onStop));
    return new Promise(() => undefined);
  }
}
