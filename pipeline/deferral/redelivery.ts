import { reclaimIntent } from '../claiming';
import { Deadline } from '../deadline';
import { type Delivery } from '../delivery/delivery';
import { type OrgEndpoint } from '../door';
import { type Edge } from '../edge';
import { ClaimedHold, type HoldKeeping, leaseMsFor } from '../hold';
import { type Log, withFields } from '../log';
import { defaultDeadlineMs } from '../org';
import { printableName } from '../printable';
import {
  type IntentKey,
  type IntentRecord,
  type IntentState,
  type Kept,
  type ReservedRecord,
  type Settlement,
  StoreUnavailableError,
} from '../store/store';
import { isToolFailure } from '../tool-failure';
import { nextResendMs, nextTryMs } from './next-try';

/** What came of sending something that was kept. */
export type RedeliveryResult =
  /** It was tried, or put off; this is the record after it. */
  | { readonly kind: 'done'; readonly record: IntentRecord }
  /** Somebody else has it, it is not due, or nothing is kept any more; this is the record there is. */
  | { readonly kind: 'lost'; readonly record: IntentRecord | undefined }
  /** Nothing was tried. */
  | { readonly kind: 'impossible'; readonly code: 'no_webhook' | 'unknown_org' | 'draining' };

/** A delivery without a caller that has ended. */
export interface RedeliveryObservation {
  readonly orgId: string;
  /** The state in which it has left the intent. */
  readonly outcome: IntentState;
}

export interface RedeliveryOptions {
  readonly keeping: HoldKeeping;
  readonly edge: Edge;
  /** The org's webhook, if it has one; undefined for an org that is not known. */
  readonly endpointOf: (orgId: string) => OrgEndpoint | undefined;
  readonly log: Log;
  /** Told of each that has ended. Must not throw. */
  readonly observe: (observation: RedeliveryObservation) => void;
}

type KeptClaim = ReservedRecord & { readonly kept: Kept };

/**
 * Sends what was kept, without a caller: the same bytes, under the same rules as a call. It is claimed anew first, so of
 * several at it one sends, and nothing leaves before that is on record.
 */
export class Redelivery {
  readonly #options: RedeliveryOptions;
  readonly #running = new Set<Promise<unknown>>();
  #isDraining = false;

  constructor(options: RedeliveryOptions) {
    this.#options = options;
  }

  /**
   * Sends what is kept under a key, and resolves when the outcome is on record.
   *
   * @param fence of the record that was looked at: if it has been claimed since, nothing is sent
   * @param by the worker sends only what is due, and what may have arrived only to a receiver that deduplicates
   * @throws StoreUnavailableError where it cannot be claimed, or was sent but its outcome could not be recorded yet
   */
  async redeliver(key: IntentKey, fence: number, by: 'worker' | 'operator'): Promise<RedeliveryResult> {
    if (this.#isDraining) return { kind: 'impossible', code: 'draining' };
    const running = this.#redeliver(key, fence, by);
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(settled);
    try {
      return await running;
    } finally {
      this.#running.delete(settled);
    }
  }

  /** From now on nothing is begun; what runs goes on and is recorded. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #redeliver(key: IntentKey, fence: number, by: 'worker' | 'operator'): Promise<RedeliveryResult> {
    const { keeping, edge, endpointOf, observe } = this.#options;
    const endpoint = endpointOf(key.orgId);
    if (by === 'operator' && endpoint?.webhook === undefined) {
      return { kind: 'impossible', code: endpoint === undefined ? 'unknown_org' : 'no_webhook' };
    }
    const deadlineMs = endpoint?.org.deadlineMs ?? defaultDeadlineMs;
    const leaseMs = leaseMsFor(deadlineMs);
    const claim = { key, fence, owner: edge.newOwner(), leaseMs, by };
    const answer = await reclaimIntent(keeping, claim);
    if (answer.kind === 'lost') return answer;

    const deadline = new Deadline(deadlineMs, edge);
    try {
      const hold = new ClaimedHold(keeping, answer.record, leaseMs, deadline);
      const delivery = mayBeSent(answer.record, endpoint, by)
        ? await this.#deliver(answer.record, endpoint, hold, deadline)
        : putOff;
      const record = await hold.record(this.#settlementOf(answer.record, endpoint, delivery));
      if (record === undefined) throw new StoreUnavailableError('slow', 'The outcome is not on record yet.');
      observe({ orgId: key.orgId, outcome: record.state });
      return { kind: 'done', record };
    } finally {
      deadline.clear();
    }
  }

  async #deliver(
    { key, fence, kept }: KeptClaim,
    { webhook }: OrgEndpoint,
    hold: ClaimedHold,
    deadline: Deadline,
  ): Promise<Delivery> {
    if (webhook === undefined) return putOff;
    const { orgId, tool, intentId } = key;
    const fields = { part: 'deferral', orgId, toolName: printableName(tool), intentId, fence };
    const body = Buffer.from(kept.body, 'utf8');
    const log = withFields(this.#options.log, fields);
    try {
      return await webhook.deliver({ intentId, body, deadline, beforeSending: () => hold.open(), log });
    } catch (error) {
      // The hold could not be opened: nothing was sent.
      if (isToolFailure(error)) return { kind: 'not_sent', code: error.evidence.code ?? error.status };
      throw error;
    }
  }

  #settlementOf({ kept, fence, trail }: KeptClaim, endpoint: OrgEndpoint | undefined, delivery: Delivery): Settlement {
    const { edge } = this.#options;
    const { body } = kept;
    const { httpStatus } = delivery;
    const code = delivery.kind === 'accepted' ? delivery.kind : delivery.code;
    const outcome = { code, ...(httpStatus !== undefined && { httpStatus }) };
    const resendMs = nextResendMs(endpoint?.org.webhook, trail, edge);
    switch (delivery.kind) {
      case 'accepted': {
        const { remoteId } = delivery;
        return { state: 'ACCEPTED', outcome: { ...outcome, ...(remoteId !== undefined && { remoteId }) } };
      }
      case 'rejected':
        return { state: 'REJECTED', outcome };
      case 'unknown':
        return { state: 'UNKNOWN', outcome, body, ...(resendMs !== undefined && { retryMs: resendMs }) };
      case 'not_sent': {
        // What was in doubt before stays so, and may come up again by itself only where another send is allowed.
        if (kept.state === 'UNKNOWN' && resendMs === undefined) return { state: 'NOT_SENT', outcome };
        // A doubt is tried a few times only, so its tries are to outlast an outage.
        const leastMs = kept.state === 'UNKNOWN' ? (resendMs ?? 0) : 0;
        const retryMs = Math.max(leastMs, nextTryMs(fence, edge, delivery.retryAfterMs));
        return { state: 'DEFERRED', outcome, body, retryMs, expiresMs: 0 };
      }
    }
  }
}

/** For what has no webhook to go to at the moment, and what its receiver would not recognise if it came twice. */
const putOff: Delivery = { kind: 'not_sent', code: 'put_off' };

function mayBeSent(
  { kept }: KeptClaim,
  endpoint: OrgEndpoint | undefined,
  by: 'worker' | 'operator',
): endpoint is OrgEndpoint {
  if (endpoint?.webhook === undefined) return false;
  return by === 'operator' || kept.state === 'DEFERRED' || endpoint.org.webhook?.deduplicates === true;
}
