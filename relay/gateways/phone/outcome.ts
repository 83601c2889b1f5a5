import { type EndCause } from '../../protocol/close';
import { isFatal, type CarrierFault } from '../dialect';
import { type Expected, type OnCall, type PhoneEffect, type PhoneState } from './model';

/** A new state and what is to be done, in order. */
export interface PhoneStep {
  readonly state: PhoneState;
  readonly effects: readonly PhoneEffect[];
}

/** The call is over, and the session ends for this cause. */
export function over(cause: EndCause): PhoneStep {
  return { state: { phase: 'over' }, effects: [{ kind: 'end', cause }] };
}

/** The caller is gone. */
export const hungUp: PhoneStep = { state: { phase: 'over' }, effects: [{ kind: 'hung-up' }] };

/** A frame of the carrier is faulty: the call ends by that name, or the frame is dropped, counted, and logged the first time. */
export function drop(state: Expected | OnCall, fault: CarrierFault): PhoneStep {
  if (isFatal(fault)) return over(fault);
  const { toldFaults } = state;
  const counted: PhoneEffect = { kind: 'count', what: 'frames_dropped', by: 1 };
  if (toldFaults.includes(fault)) return { state, effects: [counted] };
  return {
    state: { ...state, toldFaults: [...toldFaults, fault] },
    effects: [counted, { kind: 'log', level: 'warn', fields: { fault }, message: 'Frame of the carrier dropped' }],
  };
}
