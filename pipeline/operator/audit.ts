import { type Log } from '../log';
import { type IntentKey, type IntentState, type Mover } from '../store/store';

/** Who may change an intent besides the calls that want it. */
export type ChangeMaker = Extract<Mover, 'operator' | 'callback'>;

/** One change that was made. */
export interface IntentChange {
  readonly key: IntentKey;
  readonly by: ChangeMaker;
  readonly from: IntentState;
  readonly to: IntentState;
}

/**
 * Writes down who changed which intent from which state to which, one line for each change. There is nothing in it of
 * what the intent is about.
 */
export class Audit {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param requestId by which the request is found that made the change */
  changed({ key, by, from, to }: IntentChange, requestId: string | undefined): void {
    const message = by === 'operator' ? 'Intent changed by the operator' : 'Intent changed by its callback';
    this.#log.info({ ...idsOf(key, requestId), by, from, to }, message);
  }

  /** The store did not answer: whether it was changed is found by looking at it. */
  unanswered({ key, by, from }: Omit<IntentChange, 'to'>, requestId: string | undefined): void {
    this.#log.error({ ...idsOf(key, requestId), by, from }, 'Intent may have been changed: the store did not answer');
  }

  /** A callback tells of an effect that cannot be, by what is on record. */
  contradicted(key: IntentKey, reported: string, onRecord: IntentState, requestId: string | undefined): void {
    const message = 'Intent callback contradicts what is on record';
    this.#log.warn({ ...idsOf(key, requestId), by: 'callback', reported, state: onRecord }, message);
  }
}

function idsOf({ orgId, tool, intentId }: IntentKey, requestId: string | undefined): object {
  return { part: 'operator', orgId, toolName: tool, intentId, ...(requestId !== undefined && { requestId }) };
}
