import { LRUCache } from 'lru-cache';
import { attempt, toldId, type Wish } from './attempt';
import { claimIntent } from './claiming';
import { Deadline } from './deadline';
import { type Edge } from './edge';
import { type Flight, Flights } from './flights';
import { ClaimedHold, FreeHold, type Hold, type HoldKeeping, leaseMsFor } from './hold';
import { errorFields } from './log';
import { Moves } from './moves';
import { Progress } from './progress';
import { resultOf } from './record-result';
import { type IntentKey, type IntentRecord, keyText, StoreUnavailableError, watchPollMs } from './store/store';
import { asDuplicate, failureResult, outcomeOf, type ToolResult } from './tool-result';

/** How long a refusal stands before an equal call is tried again, in milliseconds. */
export const rejectedCooldownMs = 60_000;

/** How long a finished record is kept, unless set otherwise: 30 days, in milliseconds. */
export const defaultRetentionMs = 30 * 24 * 60 * 60 * 1000;

/** How much of a call's time is left for recording what came of it: a part of the deadline, at most this. */
const recordShare = 0.1;
const maxRecordMs = 500;

/**
 * Finished intents held in front of the store, and for how long in milliseconds. The time is short because another
 * process may learn later that one failed after all.
 */
const maxFinished = 10_000;
const finishedMs = 60_000;

export interface ExecutionOptions {
  readonly keeping: HoldKeeping;
  readonly edge: Edge;
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

    const progress = new Progress();
    const flight = this.#flights.start(name, intent.fingerprint, () => this.#fly(wish, progress));
    const result = await deadline.race(flight.result);
    return result ?? failureResult(progress.answer(), id);
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
    const { keeping, edge } = this.#options;
    const key = keyOf(wish);
    const leaseMs = leaseMsFor(wish.endpoint.org.deadlineMs);
    const id = toldId(wish.intent);
    const moves = new Moves(keeping.store, key);
    try {
      while (!this.#isDraining) {
        const claim = { key, fingerprint, owner: edge.newOwner(), leaseMs, rejectedCooldownMs };
        const answer = await claimIntent(keeping, claim);
        switch (answer.kind) {
          case 'claimed':
            return await this.#attempt(
              wish,
              new ClaimedHold(keeping, answer.record, leaseMs, deadline),
              deadline,
              progress,
            );
          case 'conflict':
            return failureResult('conflict', id);
          case 'held': {
            const result = resultOf(answer.record, wish);
            if (result !== undefined) return result;
            progress.isHeldByOthers = true;
          }
        }
        if (!(await this.#moved(moves, answer.record, deadline))) return failureResult('in_progress', id);
      }
      const record = await keeping.store.get(key);
      return (record && resultOf(record, wish)) ?? failureResult('unavailable_now', id, draining);
    } finally {
      moves.stop();
    }
  }

  /**
   * Waits for whoever holds a record. True when it is worth looking again; false where there is no time left for that, or
   * the store cannot tell: then all that is known is that somebody is at it.
   */
  async #moved(moves: Moves, record: IntentRecord, deadline: Deadline): Promise<boolean> {
    if (deadline.isOver) return false;
    const leaseLeftMs = 'leaseUntilMs' in record ? record.leaseUntilMs - this.#options.edge.nowMs() : 0;
    try {
      await deadline.race(moves.next(Math.max(watchPollMs, leaseLeftMs)));
    } catch (error) {
      if (error instanceof StoreUnavailableError) return false;
      throw error;
    }
    return !deadline.isOver;
  }

  #attempt(wish: Wish, hold: Hold, deadline: Deadline, progress: Progress): Promise<ToolResult> {
    const { edge } = this.#options;
    progress.hold = hold;
    return attempt(wish, { hold, progress, edge, deadline, maxResultBytes: wish.endpoint.org.limits.toolOutputBytes });
  }

  #keepFinished(wish: Wish, fingerprint: string, result: ToolResult): void {
    const outcome = outcomeOf(result);
    if (outcome !== 'success' && outcome !== 'duplicate') return;
    this.#finished.set(keyText(keyOf(wish)), { fingerprint, result: Promise.resolve(result) });
  }
}

const draining = 'The service is about to restart.';

function keyOf({ intent, endpoint }: Wish): IntentKey {
  return { orgId: endpoint.org.orgId, tool: intent.tool.name, intentId: intent.id };
}
