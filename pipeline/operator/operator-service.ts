import { Deadline } from '../deadline';
import { type RedeliveryResult } from '../deferral/redelivery';
import { realEdge } from '../edge';
import { type Log } from '../log';
import { Moves } from '../moves';
import {
  type IntentKey,
  type IntentPage,
  type IntentQuery,
  type IntentRecord,
  type IntentStore,
  type ResolveAnswer,
  type ResolvedState,
  StoreUnavailableError,
} from '../store/store';
import { Audit, type ChangeMaker, type IntentChange } from './audit';
import { isInFlight, type Knowledge, possibleActions, saysAlready, stateByCallback, stateByOperator } from './possible';

/** What the service is made with. */
export interface OperatorOptions {
  readonly store: Pick<IntentStore, 'list' | 'get' | 'resolve' | 'watch'>;
  /** Gets one line for every change: who, which intent, from which state to which. Never arguments or addresses. */
  readonly log: Log;
  /** How long a settled record is kept, in milliseconds. */
  readonly retentionMs: number;
  /** Called after every change, and where the answer to one got lost: what is remembered of the intent may not be true. */
  readonly forget: (key: IntentKey) => void;
  /** Sends what was kept of an intent, if nobody else has claimed it meanwhile. Absent where there is nothing to send with. */
  readonly redeliver?: Redeliver;
  /** Told of every change, for metrics. */
  readonly observe?: (change: IntentChange) => void;
  /** How long a callback waits for a send that is still under way, in milliseconds. Default `defaultCallbackWaitMs`. */
  readonly callbackWaitMs?: number;
}

/** How long a callback waits for a send that is still under way, unless set otherwise, in milliseconds. */
export const defaultCallbackWaitMs = 2_000;

export type Redeliver = (key: IntentKey, fence: number, by: 'operator') => Promise<RedeliveryResult>;

/** How a change is asked for. */
export interface Asked {
  /** For the log line, so that it can be told which request made the change. */
  readonly requestId?: string;
  /** The fence of the record that was looked at; given, nothing is changed under any other. */
  readonly fence?: number;
}

/** What came of a wish to change an intent. */
export type ChangeAnswer =
  | { readonly kind: 'changed'; readonly record: IntentRecord }
  /** It was so already. */
  | { readonly kind: 'unchanged'; readonly record: IntentRecord }
  /** Not from the state it is in; `possibleActions` says what is. */
  | { readonly kind: 'wrong_state'; readonly record: IntentRecord }
  /** Claimed again since it was looked at. */
  | { readonly kind: 'moved'; readonly record: IntentRecord }
  | { readonly kind: 'absent' };

export type ResendAnswer =
  | ChangeAnswer
  /** There is nothing to send with: no webhook, no such org any more, a relay that is stopping, or none at all. */
  | { readonly kind: 'cannot_send'; readonly code: 'no_webhook' | 'unknown_org' | 'draining' | 'no_relay' };

/**
 * What a human, or the callback of a finished Zap, may do about intents. Everything is compare-and-set with the fence of
 * the record that was judged, so of two who decide at once one wins and the other is told what it lost to.
 *
 * Every operation rejects with `StoreUnavailableError` where the store does; the change may have been made all the same,
 * and asking again tells.
 */
export class OperatorService {
  readonly #options: OperatorOptions;
  readonly #audit: Audit;

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#audit = new Audit(options.log);
  }

  list(query: IntentQuery): Promise<IntentPage> {
    return this.#options.store.list(query);
  }

  show(key: IntentKey): Promise<IntentRecord | undefined> {
    return this.#options.store.get(key);
  }

  /** It happened: ACCEPTED or UNKNOWN becomes CONFIRMED, and a repeat is a duplicate of a success. */
  confirm(key: IntentKey, asked: Asked = {}): Promise<ChangeAnswer> {
    return this.#settle(key, 'happened', 'operator', asked);
  }

  /**
   * It did not happen. UNKNOWN and DEFERRED become REJECTED, after whose cool-down a repeat is sent anew; ACCEPTED becomes
   * FAILED_LATER, which a repeat is told.
   */
  reject(key: IntentKey, asked: Asked = {}): Promise<ChangeAnswer> {
    return this.#settle(key, 'did_not_happen', 'operator', asked);
  }

  /** Sends what was kept of an intent that is UNKNOWN or DEFERRED, and resolves when its outcome is recorded. */
  async resend(key: IntentKey, { requestId, fence }: Asked = {}): Promise<ResendAnswer> {
    const { redeliver, store } = this.#options;
    const before = await store.get(key);
    if (before === undefined) return { kind: 'absent' };
    if (!possibleActions(before).includes('resend')) return { kind: 'wrong_state', record: before };
    if (fence !== undefined && before.fence !== fence) return { kind: 'moved', record: before };
    if (redeliver === undefined) return { kind: 'cannot_send', code: 'no_relay' };
    const change = { key, by: 'operator', from: before.state } as const;
    const result = await this.#orUnanswered(change, requestId, () => redeliver(key, before.fence, 'operator'));
    switch (result.kind) {
      case 'impossible':
        return { kind: 'cannot_send', code: result.code };
      case 'lost':
        return lostTo(result.record);
      case 'done':
        this.#changed({ ...change, to: result.record.state }, requestId);
        return { kind: 'changed', record: result.record };
    }
  }

  /**
   * What the receiver reports of an intent: ACCEPTED or UNKNOWN becomes CONFIRMED or FAILED_LATER. A report that comes
   * while the request it speaks of is still under way waits for that a little.
   */
  async report(key: IntentKey, result: 'confirmed' | 'failed', asked: Asked = {}): Promise<ChangeAnswer> {
    const { callbackWaitMs = defaultCallbackWaitMs } = this.#options;
    const knowledge = result === 'confirmed' ? 'happened' : 'did_not_happen';
    const deadline = new Deadline(callbackWaitMs, realEdge);
    const moves = new Moves(this.#options.store, key);
    try {
      for (;;) {
        const answer = await this.#settle(key, knowledge, 'callback', asked);
        if (answer.kind !== 'wrong_state') return answer;
        if (!isInFlight(answer.record)) this.#audit.contradicted(key, result, answer.record.state, asked.requestId);
        if (!isInFlight(answer.record) || deadline.isOver) return answer;
        await deadline.race(moves.next(deadline.remainingMs()));
      }
    } finally {
      deadline.clear();
      moves.stop();
    }
  }

  async #settle(
    key: IntentKey,
    knowledge: Knowledge,
    by: ChangeMaker,
    { requestId, fence }: Asked,
  ): Promise<ChangeAnswer> {
    const { store } = this.#options;
    let record = await store.get(key);
    // A human judged what they saw; what a receiver knows of the intent is true of whatever there is now.
    const judged = by === 'operator' ? (fence ?? record?.fence) : undefined;
    for (;;) {
      if (record === undefined) return { kind: 'absent' };
      if (saysAlready(record, knowledge)) return { kind: 'unchanged', record };
      const state = by === 'operator' ? stateByOperator(record, knowledge) : stateByCallback(record, knowledge);
      if (state === undefined) return { kind: 'wrong_state', record };
      if (judged !== undefined && record.fence !== judged) return { kind: 'moved', record };
      const answer = await this.#resolve(record, state, by, requestId);
      if (answer.kind === 'written') return { kind: 'changed', record: answer.record };
      const isSame = answer.record?.fence === record.fence && answer.record.state === record.state;
      // The rules of the store have the last word; otherwise somebody was quicker, and there is another record to judge.
      if (isSame) return { kind: 'wrong_state', record };
      record = answer.record;
    }
  }

  async #resolve(
    { key, fence, state: from }: IntentRecord,
    state: ResolvedState,
    by: ChangeMaker,
    requestId: string | undefined,
  ): Promise<ResolveAnswer> {
    const { store, retentionMs } = this.#options;
    const outcome = { code: outcomeCodes[state] };
    const resolve = { key, fence, state, outcome, retentionMs, by };
    const answer = await this.#orUnanswered({ key, by, from }, requestId, () => store.resolve(resolve));
    if (answer.kind === 'written') this.#changed({ key, by, from, to: state }, requestId);
    return answer;
  }

  /** Where the store does not answer, the change may have been made: then, too, it must be on record who made it. */
  async #orUnanswered<A>(
    change: Omit<IntentChange, 'to'>,
    requestId: string | undefined,
    work: () => Promise<A>,
  ): Promise<A> {
    try {
      return await work();
    } catch (error) {
      this.#options.forget(change.key);
      if (error instanceof StoreUnavailableError) this.#audit.unanswered(change, requestId);
      throw error;
    }
  }

  #changed(change: IntentChange, requestId: string | undefined): void {
    const { forget, observe } = this.#options;
    forget(change.key);
    this.#audit.changed(change, requestId);
    observe?.(change);
  }
}

/** Somebody else had it in the meantime: what is there now may be resent as well, but has not been looked at. */
function lostTo(record: IntentRecord | undefined): ChangeAnswer {
  if (record === undefined) return { kind: 'absent' };
  return { kind: possibleActions(record).includes('resend') ? 'moved' : 'wrong_state', record };
}

const outcomeCodes: Readonly<Record<ResolvedState, string>> = {
  CONFIRMED: 'confirmed',
  FAILED_LATER: 'failed_later',
  REJECTED: 'rejected',
};
