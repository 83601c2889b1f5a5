import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, toldId, type Wish } from './attempt';
import { Deadline } from './deadline';
import { type Edge } from './edge';
import { type Flight, Flights } from './flights';
import { ClaimedHold, claimIntent, FreeHold, type Hold, type HoldTimes } from './hold';
import { errorFields } from './log';
import { boundedReply, replyFrom } from './reply';
import { type IntentKey, type IntentRecord, type IntentStore, keyText, StoreUnavailableError } from './store/store';
import { asDuplicate, deferredResult, failureResult, outcomeOf, successResult, type ToolResult } from './tool-result';

/** How long a refusal stands before an equal call is tried again, in milliseconds. */
export const rejectedCooldownMs = 60_000;

/** How long a finished record is kept, unless set otherwise: 30 days, in milliseconds. */
export const defaultRetentionMs = 30 * 24 * 60 * 60 * 1000;

/** By how much a lease outlasts the deadline of its call, in milliseconds: room for clocks and slow disks. */
const leaseMarginMs = 22_000;

/** How much of a call's time is left for recording what came of it: a part of the deadline, at most this. */
const recordShare = 0.1;
const maxRecordMs = 500;

/** How often another process that holds the intent is looked after, in milliseconds. */
const pollMs = 100;

/**
 * Finished intents held in front of the store, and for how long in milliseconds. The time is short because another
 * process may learn later that one failed after all.
 */
const maxFinished = 10_000;
const finishedMs = 60_000;

export interface ExecutionOptions {
  readonly store: IntentStore;
  readonly edge: Edge;
  readonly retentionMs: number;
}

/**
 * Executes intents, each once: claim, run the tool, record, answer.
 *
 * Of equal calls at the same time one runs; the others get its result, as a duplicate if it was a success. If the store
 * does not say yes, nothing is sent. Every call is answered within its org's deadline; what it began goes on and is
 * recorded.
 */
export class ExecutionService {
  readonly #options: ExecutionOptions;
  readonly #flights = new Flights<ToolResult>();
  readonly #finished = new LRUCache<string, Flight<ToolResult>>({ max: maxFinished, ttl: finishedMs });
  #isDraining = false;

  constructor(options: ExecutionOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async execute(wish: Wish): Promise<ToolResult> {
    const deadline = new Deadline(wish.endpoint.org.deadlineMs, this.#options.edge);
    try {
      return await this.#answer(wish, deadline);
    } finally {
      deadline.clear();
    }
  }

  /** From now on every call that would run a tool is answered `unavailable_now`; what runs goes on. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Resolves when everything that runs is recorded. */
  idle(): Promise<void> {
    return this.#flights.idle();
  }

  /** Forgets a finished intent, so that its next repeat asks the store: to be called when its record was changed. */
  forget(key: IntentKey): void {
    this.#finished.delete(keyText(key));
  }

  async #answer(wish: Wish, deadline: Deadline): Promise<ToolResult> {
    const { intent } = wish;
    const id = toldId(intent);
    const name = keyText(keyOf(wish));

    const known = this.#finished.get(name) ?? this.#flights.get(name);
    if (known !== undefined) {
      if (known.fingerprint !== intent.fingerprint) return failureResult('conflict', id);
      const result = await deadline.race(known.result);
      return result === undefined ? failureResult('in_progress', id) : asDuplicate(result);
    }
    if (this.#isDraining) return failureResult('unavailable_now', id, draining);

    const progress: Progress = { hold: undefined };
    const flight = this.#flights.start(name, intent.fingerprint, () => this.#fly(wish, progress));
    const result = await deadline.race(flight.result);
    // Too late: what has begun goes on and is recorded; what has not will not begin, because its own time is over.
    return result ?? failureResult(progress.hold?.isOpen === true ? 'unknown' : 'not_sent', id);
  }

  /** Never rejects, because at the end nobody may be waiting any more. */
  async #fly(wish: Wish, progress: Progress): Promise<ToolResult> {
    const { intent, endpoint, log } = wish;
    const { deadlineMs } = endpoint.org;
    const deadline = new Deadline(deadlineMs - Math.min(maxRecordMs, deadlineMs * recordShare), this.#options.edge);
    try {
      if (intent.fingerprint === undefined) return await this.#attempt(wish, new FreeHold(), deadline, progress);
      const result = await this.#claimed(wish, intent.fingerprint, deadline, progress);
      this.#keepFinished(wish, intent.fingerprint, result);
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailableError) {
        log.error({ reason: error.reason }, 'Intent store unavailable');
        return failureResult('unavailable', toldId(intent));
      }
      log.error(errorFields(error), 'Intent failed by a fault of the program');
      return failureResult(progress.hold?.isOpen === true ? 'unknown' : 'unavailable', toldId(intent));
    } finally {
      deadline.clear();
    }
  }

  /** Claims the intent and makes an attempt at it, or answers from the record of whoever has it. */
  async #claimed(wish: Wish, fingerprint: string, deadline: Deadline, progress: Progress): Promise<ToolResult> {
    const { store, edge, retentionMs } = this.#options;
    const { deadlineMs } = wish.endpoint.org;
    const times: HoldTimes = { leaseMs: deadlineMs + leaseMarginMs, retentionMs };
    const id = toldId(wish.intent);
    for (;;) {
      if (this.#isDraining) return failureResult('unavailable_now', id, draining);
      const claim = {
        key: keyOf(wish),
        fingerprint,
        owner: edge.newOwner(),
        leaseMs: times.leaseMs,
        rejectedCooldownMs,
      };
      const answer = await claimIntent(store, claim);
      switch (answer.kind) {
        case 'claimed':
          return this.#attempt(wish, new ClaimedHold(store, answer.record, times, deadline), deadline, progress);
        case 'conflict':
          return failureResult('conflict', id);
        case 'held': {
          const result = resultOf(answer.record, wish);
          if (result !== undefined) return result;
        }
      }
      if (deadline.remainingMs() <= pollMs) return failureResult('in_progress', id);
      await sleep(pollMs);
    }
  }

  #attempt(wish: Wish, hold: Hold, deadline: Deadline, progress: Progress): Promise<ToolResult> {
    progress.hold = hold;
    return attempt(wish, { hold, deadline, maxResultBytes: wish.endpoint.org.limits.toolOutputBytes });
  }

  #keepFinished(wish: Wish, fingerprint: string, result: ToolResult): void {
    const outcome = outcomeOf(result);
    if (outcome !== 'success' && outcome !== 'duplicate') return;
    this.#finished.set(keyText(keyOf(wish)), { fingerprint, result: Promise.resolve(result) });
  }
}

const draining = 'The service is about to restart.';

/** How far a call has come, for whoever has to answer before its end. */
interface Progress {
  hold: Hold | undefined;
}

function keyOf({ intent, endpoint }: Wish): IntentKey {
  return { orgId: endpoint.org.orgId, tool: intent.tool.name, intentId: intent.id };
}

/** What the record of an earlier call answers to this one; undefined while that call may still end well. */
function resultOf(record: IntentRecord, { intent, endpoint }: Wish): ToolResult | undefined {
  const id = toldId(intent);
  switch (record.state) {
    case 'ACCEPTED':
    case 'CONFIRMED': {
      const reply = intent.action.once?.repeat?.() ?? replyFrom(record.outcome.result);
      return successResult(boundedReply(reply, id, endpoint.org.limits.toolOutputBytes), id, true);
    }
    case 'FAILED_LATER':
      return failureResult('rejected', id, 'The request was taken at first, but failed later.');
    case 'REJECTED':
      return failureResult('rejected', id);
    case 'UNKNOWN':
      return failureResult('unknown', id);
    case 'DEFERRED':
      return deferredResult(id, intent.action.once?.deferred?.());
    case 'RESERVED':
    case 'SENDING':
    case 'NOT_SENT':
      return undefined;
  }
}
