import { MemoryStore } from '../../../pipeline/store/memory';
import {
  type Claim,
  type ClaimAnswer,
  type IntentKey,
  type IntentRecord,
  type Reclaim,
  type ReclaimAnswer,
  type Settle,
  type SettleAnswer,
  type StartSending,
  type StartSendingAnswer,
  StoreUnavailableError,
  type UnavailableReason,
} from '../../../pipeline/store/store';

const operations = ['claim', 'reclaim', 'startSending', 'settle', 'get', 'watch'] as const;

type Operation = (typeof operations)[number];

/** How an operation fails: before it was written, or after, so that only the answer is lost. */
export interface StoreFault {
  readonly reason: UnavailableReason;
  readonly isWritten: boolean;
  /** How often; default always. */
  readonly times?: number;
}

/** A memory store whose operations fail as told, until told otherwise. */
export class FailingStore extends MemoryStore {
  faults: Partial<Record<Operation, StoreFault>> = {};

  override claim(claim: Claim): Promise<ClaimAnswer> {
    return this.#through('claim', () => super.claim(claim));
  }

  override reclaim(reclaim: Reclaim): Promise<ReclaimAnswer> {
    return this.#through('reclaim', () => super.reclaim(reclaim));
  }

  override startSending(start: StartSending): Promise<StartSendingAnswer> {
    return this.#through('startSending', () => super.startSending(start));
  }

  override settle(settle: Settle): Promise<SettleAnswer> {
    return this.#through('settle', () => super.settle(settle));
  }

  override get(key: IntentKey): Promise<IntentRecord | undefined> {
    return this.#through('get', () => super.get(key));
  }

  override watch(key: IntentKey, onMove: () => void): Promise<() => void> {
    return this.#through('watch', () => super.watch(key, onMove));
  }

  /** Every operation fails, as if the server were gone. */
  breakDown(): void {
    const fault: StoreFault = { reason: 'down', isWritten: false };
    for (const operation of operations) this.faults[operation] = fault;
  }

  async #through<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const fault = this.faults[operation];
    if (fault === undefined || fault.times === 0) return work();
    if (fault.times !== undefined) this.faults[operation] = { ...fault, times: fault.times - 1 };
    if (fault.isWritten) await work();
    throw new StoreUnavailableError(fault.reason, `The store fails at ${operation}.`);
  }
}
