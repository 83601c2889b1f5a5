import {
  type IntentKey,
  type IntentStore,
  type Kept,
  type Reclaim,
  type ReservedRecord,
  type SettledState,
  type Settlement,
} from '../../../../pipeline/store/store';
import { Clock, claimBy, key, leaseMs, retentionMs, settlement } from '../fixtures';

/** One empty place that a kind of store can be opened on. */
export interface Place {
  /** Opens the store; on a durable place, again after a close. */
  open(now: () => number): Promise<IntentStore>;
  /** Removes the place once its stores are closed. */
  dispose(): Promise<void>;
}

/** An open store with a clock of its own, and short ways to bring an intent into a state. */
export class Scene {
  readonly clock = new Clock();
  readonly #place: Place;
  #store: IntentStore | undefined;

  private constructor(place: Place) {
    this.#place = place;
  }

  static async on(place: Place): Promise<Scene> {
    const scene = new Scene(place);
    await scene.reopen();
    return scene;
  }

  get store(): IntentStore {
    if (this.#store === undefined) throw new Error('The store is not open.');
    return this.#store;
  }

  async reopen(): Promise<void> {
    await this.#store?.close();
    this.#store = await this.#place.open(this.clock.now);
  }

  async dispose(): Promise<void> {
    await this.#store?.close();
    await this.#place.dispose();
  }

  async claimed(owner: string, claimKey: IntentKey = key): Promise<ReservedRecord> {
    const answer = await this.store.claim(claimBy(owner, { key: claimKey }));
    if (answer.kind !== 'claimed') throw new Error(`The claim of ${owner} was answered ${answer.kind}.`);
    return answer.record;
  }

  /** @returns the fence */
  async sending(owner: string, claimKey: IntentKey = key): Promise<number> {
    const { fence } = await this.claimed(owner, claimKey);
    return this.#start(owner, fence, claimKey);
  }

  /** @returns the fence */
  async settled(owner: string, how: SettledState | Settlement, claimKey: IntentKey = key): Promise<number> {
    const fence = await this.sending(owner, claimKey);
    return this.settle(owner, fence, how, claimKey);
  }

  async reclaimed(
    owner: string,
    fence: number,
    by: Reclaim['by'] = 'worker',
    claimKey: IntentKey = key,
  ): Promise<ReservedRecord & { readonly kept: Kept }> {
    const answer = await this.store.reclaim({ key: claimKey, fence, owner, leaseMs, by });
    if (answer.kind !== 'claimed') throw new Error(`The reclaim of ${owner} was answered ${answer.kind}.`);
    return answer.record;
  }

  /** @returns the fence */
  async resending(owner: string, fence: number, by: Reclaim['by'] = 'worker', claimKey = key): Promise<number> {
    const record = await this.reclaimed(owner, fence, by, claimKey);
    return this.#start(owner, record.fence, claimKey);
  }

  /** @returns the fence */
  async settle(owner: string, fence: number, how: SettledState | Settlement, claimKey: IntentKey = key) {
    const said = typeof how === 'string' ? settlement(how) : how;
    const answer = await this.store.settle({ key: claimKey, owner, fence, ...said, retentionMs });
    expect(answer.kind).toBe('written');
    return fence;
  }

  async #start(owner: string, fence: number, claimKey: IntentKey): Promise<number> {
    const answer = await this.store.startSending({ key: claimKey, owner, fence, leaseMs });
    expect(answer.kind).toBe('written');
    return fence;
  }
}
