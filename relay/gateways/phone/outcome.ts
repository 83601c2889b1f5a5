import { type JsonObject } from '../../json';
import { type EndCause } from '../../protocol/close';
import { isFatal, type CarrierFault } from '../dialect';
import { type Expected, type OnCall, type PhoneCount, type PhoneEffect, type PhoneState } from './model';

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
  return countAndTell(state, 'frames_dropped', { fault }, 'Frame of the carrier dropped');
}

/** The carrier says that it cannot do something: counted, and logged the first time. */
export function complain(state: Expected | OnCall, code: string): PhoneStep {
  return countAndTell(state, 'complaints', { code }, 'Carrier complained');
}

function countAndTell(state: Expected | OnCall, what: PhoneCount, fields: JsonObject, message: string): PhoneStep {
  const counted: PhoneEffect = { kind: 'count', what, by: 1 };
  const line = `${message} ${JSON.stringify(fields)}`;
  if (state.told.includes(line)) return { state, effects: [counted] };
  return {
    state: { ...state, told: [...state.told, line] },
    effects: [counted, { kind: 'log', level: 'warn', fields, message }],
  };
}
