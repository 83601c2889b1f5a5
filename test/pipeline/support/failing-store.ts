import { MemoryStore } from '../../../pipeline/store/memory';
import {
  type Claim,
  type ClaimAnswer,
  type IntentKey,
  type IntentRecord,
  type Settle,
  type SettleAnswer,
  type StartSending,
  type StartSendingAnswer,
  StoreUnavailableError,
  type UnavailableReason,
} from '../../../pipeline/store/store';

type Operation = 'claim' | 'startSending' | 'settle' | 'get';

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

  override startSending(start: StartSending): Promise<StartSendingAnswer> {
    return this.#through('startSending', () => super.startSending(start));
  }

  override settle(settle: Settle): Promise<SettleAnswer> {
    return this.#through('settle', () => super.settle(settle));
  }

  override get(key: IntentKey): Promise<IntentRecord | undefined> {
    return this.#through('get', () => super.get(key));
  }

  async #through<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const fault = this.faults[operation];
    if (fault === undefined || fault.times === 0) return work();
    if (fault.times !== undefined) this.faults[operation] = { ...fault, times: fault.times - 1 };
    if (fault.isWritten) await work();
    throw new StoreUnavailableError(fault.reason, `The store fails at ${operation}.`);
  }
}
