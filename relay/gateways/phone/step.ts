import { stepExpected } from './expected';
import { type Expected, type PhoneEvent, type PhoneSettings, type PhoneState, type SessionFacts } from './model';
import { stepOnCall } from './on-call';
import { type PhoneStep } from './outcome';

/** The first state of a phone: nobody is on the line. */
export function expectCall(settings: PhoneSettings): Expected {
  const session: SessionFacts = { isReady: false, isInterruptible: true, active: [], discarded: [], greeting: 'none' };
  return { phase: 'expected', settings, session, told: [] };
}

/**
 * The whole behaviour of a phone in front of a session, as a function: no socket, clock or carrier is touched here.
 *
 * Audio of events and effects is in the session's format; whoever performs them turns it into the carrier's. `nowMs` is
 * a monotonic clock in milliseconds. A phone that is over absorbs whatever still comes.
 */
export function phoneStep(state: PhoneState, event: PhoneEvent, nowMs: number): PhoneStep {
  switch (state.phase) {
    case 'expected':
      return stepExpected(state, event, nowMs);
    case 'on-call':
      return stepOnCall(state, event, nowMs);
    case 'over':
      return { state, effects: [] };
  }
}
