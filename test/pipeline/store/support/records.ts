import {
  type IntentState,
  type RecordIn,
  type ReservedRecord,
  type SendingRecord,
} from '../../../../pipeline/store/store';
import { body, expiresMs, key, leaseMs, outcome, retentionMs, retryMs, startMs } from '../fixtures';

/** A record of each state, as claim number three of owner `a`, made by a call, left it at `startMs`. */
export const records: { readonly [S in IntentState]: RecordIn<S> } = {
  RESERVED: { state: 'RESERVED', ...common(), owner: 'a', leaseUntilMs: startMs + leaseMs },
  SENDING: {
    state: 'SENDING',
    ...common(),
    owner: 'a',
    leaseUntilMs: startMs + leaseMs,
    sendStartedAtMs: startMs,
  },
  NOT_SENT: { state: 'NOT_SENT', ...common(), ...finished() },
  ACCEPTED: { state: 'ACCEPTED', ...common(), ...finished() },
  REJECTED: { state: 'REJECTED', ...common(), ...finished() },
  UNKNOWN: { state: 'UNKNOWN', ...common(), outcome, sendStartedAtMs: startMs, body },
  DEFERRED: {
    state: 'DEFERRED',
    ...common(),
    outcome,
    body,
    nextTryAtMs: startMs + retryMs,
    expiresAtMs: startMs + expiresMs,
  },
  CONFIRMED: { state: 'CONFIRMED', ...common(), ...finished() },
  FAILED_LATER: { state: 'FAILED_LATER', ...common(), ...finished() },
};

// The keys of an object are strings to the compiler; these are exactly the states.
export const states = Object.keys(records) as IntentState[];

/** In doubt, and to be sent again by itself. */
export const repeatable: RecordIn<'UNKNOWN'> = { ...records.UNKNOWN, nextTryAtMs: startMs + retryMs };

/** What a claim on something kept holds. */
export const keptDeferral = {
  state: 'DEFERRED',
  outcome: { code: 'busy' },
  body,
  nextTryAtMs: startMs - 5,
  expiresAtMs: startMs + expiresMs,
} as const;

export const keptDoubt = {
  state: 'UNKNOWN',
  outcome: { code: 'timeout' },
  body,
  sendStartedAtMs: startMs - 50,
  nextTryAtMs: startMs - 5,
} as const;

/** Claimed again by a worker, at `startMs`. */
export function reclaimed(kept: ReservedRecord['kept'] & object): ReservedRecord & { readonly kept: typeof kept } {
  const trail = [{ state: 'RESERVED', atMs: startMs, by: 'worker', fence: 3 }] as const;
  return { ...records.RESERVED, trail, kept };
}

/** Claimed again by a worker, and being sent. */
export function resending(kept: ReservedRecord['kept'] & object): SendingRecord {
  return { ...records.SENDING, trail: reclaimed(kept).trail, kept };
}

export function common() {
  return {
    key,
    fingerprint: 'fp-1',
    fence: 3,
    attempts: 2,
    createdAtMs: startMs - 99,
    updatedAtMs: startMs,
    trail: [],
  };
}

function finished() {
  return { outcome, retainUntilMs: startMs + retentionMs };
}
