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

  async claim(claim: Claim): Promise<ClaimAnswer> {
    await this.#pass('before_claim');
    return this.#inner.claim(claim);
  }

  async reclaim(reclaim: Reclaim): Promise<ReclaimAnswer> {
    await this.#pass('before_claim');
    return this.#inner.reclaim(reclaim);
  }

  async startSending(start: StartSending): Promise<StartSendingAnswer> {
    await this.#pass('claimed');
    const answer = await this.#inner.startSending(start);
    await this.#pass('sending');
    return answer;
  }

  async settle(settle: Settle): Promise<SettleAnswer> {
    await this.#pass('replied');
    const answer = await this.#inner.settle(settle);
    await this.#pass('stored');
    return answer;
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

  #pass(point: StorePoint): Promise<void> {
    if (point !== this.stopAt) return Promise.resolve();
    // Whoever would not wait for the store, as it must, has gone on by then, and is found out.
    setImmediate(() => setImmediate(this.#onStop));
    return new Promise(() => undefined);
  }
}
