/** Makes the record that follows on another. What lives on is named here, so nothing else is carried over by chance. */
import { type ResolvedState, type SettledState } from './command';
import {
  type DeferredRecord,
  type IntentRecord,
  type IntentState,
  type Kept,
  maxBodyBytes,
  maxResultBytes,
  maxSteps,
  type Mover,
  type Outcome,
  type ReservedRecord,
  type Step,
  type UnknownRecord,
} from './record';

/** Who moves a record, and when. */
export interface Move {
  readonly by: Mover;
  readonly nowMs: number;
}

/** A move that ends an attempt. */
export interface Ending extends Move {
  readonly outcome: Outcome;
}

/** A claim on an intent, with all that is known of it so far. */
export function reserved(
  before: LivesOn,
  { owner, leaseMs }: { readonly owner: string; readonly leaseMs: number },
  move: Move,
): ReservedRecord {
  const fence = before.fence + 1;
  return { ...moved({ ...before, fence }, 'RESERVED', move), owner, leaseUntilMs: move.nowMs + leaseMs };
}

/** What every record has of the one before. */
type LivesOn = Pick<IntentRecord, 'key' | 'fingerprint' | 'fence' | 'attempts' | 'createdAtMs' | 'trail'>;

export function moved<S extends IntentState>(
  { key, fingerprint, fence, attempts, createdAtMs, trail }: LivesOn,
  state: S,
  { by, nowMs, outcome }: Move & { readonly outcome?: Outcome },
) {
  const { code, httpStatus } = outcome ?? {};
  const step: Step = {
    state,
    atMs: nowMs,
    by,
    fence,
    ...(code !== undefined && { code }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
  const steps = [...trail, step].slice(-maxSteps);
  return { state, key, fingerprint, fence, attempts, createdAtMs, updatedAtMs: nowMs, trail: steps };
}

export function finished<S extends Exclude<SettledState | ResolvedState, 'UNKNOWN' | 'DEFERRED'>>(
  record: LivesOn,
  state: S,
  ending: Ending & { readonly retentionMs: number },
) {
  return {
    ...moved(record, state, ending),
    outcome: bounded(ending.outcome),
    retainUntilMs: ending.nowMs + ending.retentionMs,
  };
}

/** Its body must be keepable. */
export function deferred(
  record: LivesOn,
  { body, nextTryAtMs, expiresAtMs }: Pick<DeferredRecord, 'body' | 'nextTryAtMs' | 'expiresAtMs'>,
  ending: Ending,
): DeferredRecord {
  return { ...moved(record, 'DEFERRED', ending), outcome: bounded(ending.outcome), body, nextTryAtMs, expiresAtMs };
}

/** A body that does not fit is not kept, and without a body there is no next try. */
export function unknown(record: LivesOn, { sendStartedAtMs, body, nextTryAtMs }: Doubt, ending: Ending): UnknownRecord {
  return {
    ...moved(record, 'UNKNOWN', ending),
    outcome: bounded(ending.outcome),
    sendStartedAtMs,
    ...(body !== undefined && isKeepable(body) && { body, ...(nextTryAtMs !== undefined && { nextTryAtMs }) }),
  };
}

/** What is known of a send that may have happened. */
interface Doubt {
  readonly sendStartedAtMs: number;
  readonly body?: string | undefined;
  readonly nextTryAtMs?: number | undefined;
}

/** What a claim on this record may send. */
export function keptIn(record: IntentRecord): Kept | undefined {
  if (record.state === 'DEFERRED') {
    const { state, outcome, body, nextTryAtMs, expiresAtMs } = record;
    return { state, outcome, body, nextTryAtMs, expiresAtMs };
  }
  if (record.state !== 'UNKNOWN' || record.body === undefined) return undefined;
  const { state, outcome, body, sendStartedAtMs, nextTryAtMs } = record;
  return { state, outcome, body, sendStartedAtMs, ...(nextTryAtMs !== undefined && { nextTryAtMs }) };
}

/** Whether a body is small enough to be kept. */
export function isKeepable(body: string): boolean {
  return fits(body, maxBodyBytes);
}

/** That it happened matters more than how it was worded: a text that is too long is left out, the outcome is kept. */
function bounded(outcome: Outcome): Outcome {
  if (outcome.result === undefined || fits(outcome.result, maxResultBytes)) return outcome;
  const { result: _tooLong, ...rest } = outcome;
  return rest;
}

function fits(text: string, maxBytes: number): boolean {
  return Buffer.byteLength(text) <= maxBytes;
}
