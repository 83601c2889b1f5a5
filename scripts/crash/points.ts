import { type IntentState } from '../../pipeline/store/store';
import { type Reply } from './receiver';

/** What a store holds of an intent. */
export type Found = IntentState | 'none';

/** Where a process can stop by itself: at one operation of its store, before it or after. */
export interface StorePoint {
  readonly operation: 'claim' | 'startSending' | 'settle';
  readonly when: 'before' | 'after';
}

/** A place on the way of an intent where its process is killed. */
export interface PointFacts {
  readonly words: string;
  /** What the store must hold after it. */
  readonly leaves: Found;
  /** On the way of a call, or of what is sent later without one. */
  readonly way: 'call' | 'deferral';
  /** How it is known that the process is there: it stops by itself, the request has come, or the caller has its answer. */
  readonly at: StorePoint | 'request' | 'answer';
  /** How the webhook meets the request. */
  readonly reply: Reply;
}

/** The points between every two states, in the order in which an intent comes by. */
export const pointFacts = {
  before_claim: call('before the claim', 'none', before('claim')),
  claimed: call('claimed, SENDING not yet written', 'RESERVED', before('startSending')),
  sending: call('SENDING written, no byte sent', 'SENDING', after('startSending')),
  sent: call('request sent, no reply', 'SENDING', 'request', 'hold'),
  replied: call('reply received, outcome not stored', 'SENDING', before('settle')),
  stored: call('outcome stored, caller not answered', 'ACCEPTED', after('settle')),
  answered: call('caller answered', 'ACCEPTED', 'answer'),
  refused: call('refused for now, DEFERRED not yet written', 'SENDING', before('settle'), 'too_many'),
  deferred: call('DEFERRED written, caller not answered', 'DEFERRED', after('settle'), 'too_many'),
  put_off: call('caller told that it is sent later', 'DEFERRED', 'answer', 'too_many'),
  reclaimed: deferral('taken up again, SENDING not yet written', 'RESERVED', before('startSending')),
  resending: deferral('SENDING written again, no byte sent', 'SENDING', after('startSending')),
  resent: deferral('request sent later, no reply', 'SENDING', 'request', 'hold'),
  rereplied: deferral('reply received later, outcome not stored', 'SENDING', before('settle')),
  restored: deferral('outcome of what was sent later stored', 'ACCEPTED', after('settle')),
} as const satisfies Record<string, PointFacts>;

export type FixedPoint = keyof typeof pointFacts;

/** All points in their order; the last is any moment, with many intents on their way. */
export const crashPoints = [
  // The keys of an object are strings to the compiler; these are exactly the points.
  ...(Object.keys(pointFacts) as FixedPoint[]),
  'any_moment',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

export function wordsOf(point: CrashPoint): string {
  return point === 'any_moment' ? 'at any moment, many intents' : pointFacts[point].words;
}

/** What a repeat must come to, once the time of whoever died is over. */
export type Promised = 'afresh' | 'duplicate' | 'unknown' | 'later';

/**
 * The promise: what provably was not done can be done, what was done is a duplicate, what was put off is sent later, and
 * the rest is in doubt.
 *
 * @param isKept whether the claim in RESERVED was made on what was put off
 */
export function promisedAfter(found: Exclude<Found, 'CONFIRMED' | 'FAILED_LATER'>, isKept: boolean): Promised {
  switch (found) {
    case 'RESERVED':
      return isKept ? 'later' : 'afresh';
    case 'none':
    case 'NOT_SENT':
    case 'REJECTED':
      return 'afresh';
    case 'SENDING':
    case 'UNKNOWN':
      return 'unknown';
    case 'DEFERRED':
      return 'later';
    case 'ACCEPTED':
      return 'duplicate';
  }
}

function call(words: string, leaves: Found, at: PointFacts['at'], reply: Reply = 'accept'): PointFacts {
  return { words, leaves, way: 'call', at, reply };
}

function deferral(words: string, leaves: Found, at: PointFacts['at'], reply: Reply = 'accept'): PointFacts {
  return { words, leaves, way: 'deferral', at, reply };
}

function before(operation: StorePoint['operation']): StorePoint {
  return { operation, when: 'before' };
}

function after(operation: StorePoint['operation']): StorePoint {
  return { operation, when: 'after' };
}
