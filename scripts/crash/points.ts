import { type IntentState } from '../../pipeline/store/store';

/** What a store holds of an intent. */
export type Found = IntentState | 'none';

/** Where on the way of an intent its process is killed: between every two states, in their order. */
export const crashPoints = [
  'before_claim',
  'claimed',
  'sending',
  'sent',
  'replied',
  'stored',
  'answered',
  'any_moment',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** The points that a process can find by itself, at its store; the others are seen from outside. */
export type StorePoint = Extract<CrashPoint, 'before_claim' | 'claimed' | 'sending' | 'replied' | 'stored'>;

/** Each point in words, and what the store must hold after it; undefined where that is a matter of chance. */
export const pointFacts: Readonly<Record<CrashPoint, { readonly words: string; readonly leaves: Found | undefined }>> =
  {
    before_claim: { words: 'before the claim', leaves: 'none' },
    claimed: { words: 'claimed, SENDING not yet written', leaves: 'RESERVED' },
    sending: { words: 'SENDING written, no byte sent', leaves: 'SENDING' },
    sent: { words: 'request sent, no reply', leaves: 'SENDING' },
    replied: { words: 'reply received, outcome not stored', leaves: 'SENDING' },
    stored: { words: 'outcome stored, caller not answered', leaves: 'ACCEPTED' },
    answered: { words: 'caller answered', leaves: 'ACCEPTED' },
    any_moment: { words: 'at any moment, many intents', leaves: undefined },
  };

/** What a repeat must come to, once the time of whoever died is over. */
export type Promised = 'afresh' | 'duplicate' | 'unknown';

/** The promise: what provably was not done can be done, what was done is a duplicate, and the rest is in doubt. */
export const promisedAfter: Readonly<Record<Exclude<Found, 'DEFERRED' | 'CONFIRMED' | 'FAILED_LATER'>, Promised>> = {
  none: 'afresh',
  RESERVED: 'afresh',
  NOT_SENT: 'afresh',
  REJECTED: 'afresh',
  SENDING: 'unknown',
  UNKNOWN: 'unknown',
  ACCEPTED: 'duplicate',
};
