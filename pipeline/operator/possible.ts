/** What a human may do about an intent, by the state it is in. */
import { type IntentRecord, type ResolvedState } from '../store/store';

/**
 * - `confirm`: it happened.
 * - `reject`: it did not happen, and will not.
 * - `resend`: send what was kept, now.
 */
export const operatorActions = ['confirm', 'reject', 'resend'] as const;

export type OperatorAction = (typeof operatorActions)[number];

/** What may be done about a record as it stands; nothing where an attempt is under way, or where all is settled. */
export function possibleActions(record: IntentRecord): readonly OperatorAction[] {
  switch (record.state) {
    case 'ACCEPTED':
      return ['confirm', 'reject'];
    case 'UNKNOWN':
      return record.body === undefined ? ['confirm', 'reject'] : ['confirm', 'reject', 'resend'];
    case 'DEFERRED':
      return ['reject', 'resend'];
    case 'RESERVED':
    case 'SENDING':
    case 'NOT_SENT':
    case 'REJECTED':
    case 'CONFIRMED':
    case 'FAILED_LATER':
      return [];
  }
}

/** What somebody knows of an intent: that it happened, or that it did not. */
export type Knowledge = 'happened' | 'did_not_happen';

/** Whether a record says already what somebody knows. */
export function saysAlready({ state }: IntentRecord, knowledge: Knowledge): boolean {
  return knowledge === 'happened' ? state === 'CONFIRMED' : state === 'REJECTED' || state === 'FAILED_LATER';
}

/** The state that says what a callback knows; undefined where the record leaves no room for it. */
export function stateByCallback({ state }: IntentRecord, knowledge: Knowledge): ResolvedState | undefined {
  if (state !== 'ACCEPTED' && state !== 'UNKNOWN') return undefined;
  return knowledge === 'happened' ? 'CONFIRMED' : 'FAILED_LATER';
}

/**
 * The state that says what a human knows; undefined where the record leaves no room for it. What a receiver had taken
 * failed later; anything else never happened, and may be wanted again.
 */
export function stateByOperator(record: IntentRecord, knowledge: Knowledge): ResolvedState | undefined {
  if (!possibleActions(record).includes(knowledge === 'happened' ? 'confirm' : 'reject')) return undefined;
  if (knowledge === 'happened') return 'CONFIRMED';
  return record.state === 'ACCEPTED' ? 'FAILED_LATER' : 'REJECTED';
}

/** Whether somebody is at work on it, so that its state is about to change by itself. */
export function isInFlight({ state }: IntentRecord): boolean {
  return state === 'RESERVED' || state === 'SENDING';
}
