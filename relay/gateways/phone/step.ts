import { isFatal, type CallStart, type CarrierFault } from '../dialect';
import { type EndCause } from '../../protocol/close';
import { press, tellDigits } from './digits';
import { clearTimer, count, dropFrame, learn, say, set, setTimer, type PhoneDraft } from './draft';
import { nothingHeld } from './held';
import { openLine } from './input-line';
import { interrupt } from './interruption';
import { checkQuiet, listen, passHeld } from './listening';
import { readMark } from './mark-name';
import {
  type Expected,
  type OnCall,
  type PhoneEffect,
  type PhoneEvent,
  type PhoneSettings,
  type PhoneState,
  type PhoneTimer,
  type SessionFacts,
} from './model';
import { heardMark, silentPlayback } from './playback';
import { readSession, type SessionSays } from './session-says';
import { finishItems, play, tellIfHeard } from './speaking';

/** A new state and what is to be done, in order. */
export interface PhoneStep {
  readonly state: PhoneState;
  readonly effects: readonly PhoneEffect[];
}

/** The first state of a phone: nobody is on the line. */
export function expectCall(settings: PhoneSettings): Expected {
  const session: SessionFacts = { isReady: false, isInterruptible: true, active: [], discarded: [] };
  return { phase: 'expected', settings, session, toldFaults: [] };
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

function stepExpected(state: Expected, event: PhoneEvent, nowMs: number): PhoneStep {
  switch (event.kind) {
    case 'awaited':
      return { state, effects: [{ kind: 'timer.set', timer: 'start', afterMs: state.settings.limits.startMs }] };
    case 'started':
      return event.isExpected ? answer(state, event.start, nowMs) : over('carrier_unknown_call');
    case 'session': {
      const session = learnEarly(state.session, readSession(event.data));
      return { state: { ...state, session }, effects: [] };
    }
    case 'timer':
      return event.timer === 'start' ? over('carrier_no_start') : { state, effects: [] };
    case 'carrier':
      switch (event.event.kind) {
        case 'audio':
          return over('carrier_frame_before_start');
        case 'stopped':
          return hungUp;
        case 'notice':
          return { state, effects: [] };
        case 'digit':
        case 'mark':
          return drop(state, 'invalid_event');
        case 'fault':
          return drop(state, event.event.fault);
      }
  }
}

function answer(state: Expected, start: CallStart, nowMs: number): PhoneStep {
  const { format } = state.settings;
  if (start.format.encoding !== format.encoding || start.format.rateHz !== format.rateHz) {
    return over('carrier_wrong_codec');
  }
  const call: OnCall = {
    ...state,
    phase: 'on-call',
    streamId: start.streamId,
    held: nothingHeld,
    input: openLine(nowMs),
    isCallerSpeaking: false,
    playback: silentPlayback,
    digits: '',
  };
  const draft: PhoneDraft = { call, effects: [], nowMs };
  clearTimer(draft, 'start');
  if (call.session.isReady) greet(draft);
  return done(draft);
}

function stepOnCall(call: OnCall, event: PhoneEvent, nowMs: number): PhoneStep {
  const draft: PhoneDraft = { call, effects: [], nowMs };
  switch (event.kind) {
    case 'awaited':
    case 'started':
      return over('carrier_second_start');
    case 'session':
      follow(draft, readSession(event.data));
      return done(draft);
    case 'timer':
      onTimer(draft, event.timer);
      return done(draft);
    case 'carrier': {
      const { event: said } = event;
      switch (said.kind) {
        case 'audio':
          if (said.streamId !== null && said.streamId !== call.streamId) return drop(call, 'wrong_stream');
          return listen(draft, said) ? done(draft) : over('carrier_impossible_timestamp');
        case 'digit':
          press(draft, said.digit);
          return done(draft);
        case 'mark':
          return takeMark(draft, said.name) ? done(draft) : drop(call, 'unknown_mark');
        case 'stopped':
          return hungUp;
        case 'notice':
          return { state: call, effects: [] };
        case 'fault':
          return drop(call, said.fault);
      }
    }
  }
}

/** What the session says while somebody is on the line. */
function follow(draft: PhoneDraft, says: SessionSays): void {
  const { session } = draft.call;
  switch (says.kind) {
    case 'ready':
      learn(draft, { isReady: true, isInterruptible: says.isInterruptible });
      passHeld(draft);
      greet(draft);
      return;
    case 'configured':
      learn(draft, { isInterruptible: says.isInterruptible });
      return;
    case 'response.begun':
      learn(draft, { active: [...session.active, says.responseId] });
      return;
    case 'response.done':
      learn(draft, { active: session.active.filter((id) => id !== says.responseId) });
      finishItems(draft, ({ responseId }) => responseId === says.responseId);
      tellIfHeard(draft);
      return;
    case 'audio':
      play(draft, says.delta);
      return;
    case 'audio.done':
      finishItems(draft, (item) => item.itemId === says.itemId && item.contentIndex === says.contentIndex);
      return;
    case 'speech.started':
      set(draft, { isCallerSpeaking: true });
      if (session.isInterruptible) interrupt(draft);
      setTimer(draft, 'quiet', draft.call.settings.limits.quietMs);
      return;
    case 'speech.stopped':
      set(draft, { isCallerSpeaking: false });
      clearTimer(draft, 'quiet');
      return;
    case 'error':
      draft.effects.push({
        kind: 'log',
        level: 'warn',
        fields: { code: says.code },
        message: 'Phone told of an error',
      });
      return;
    case 'nothing':
  }
}

function onTimer(draft: PhoneDraft, timer: PhoneTimer): void {
  switch (timer) {
    case 'start':
      return;
    case 'digits':
      tellDigits(draft);
      return;
    case 'quiet':
      checkQuiet(draft);
      return;
    case 'played':
      tellIfHeard(draft);
  }
}

/** False for a mark that is not one of ours. */
function takeMark(draft: PhoneDraft, name: string): boolean {
  const mark = readMark(name);
  const { playback } = draft.call;
  if (mark === undefined || mark.generation > playback.generation || mark.item > playback.serial) return false;
  // It comes back because it was thrown away, not because it was heard.
  if (mark.generation < playback.generation) return true;
  const heard = heardMark(playback, mark, draft.nowMs);
  set(draft, { playback: heard.playback });
  count(draft, 'marks_heard', heard.marks);
  tellIfHeard(draft);
  return true;
}

function greet(draft: PhoneDraft): void {
  if (draft.call.settings.speaksFirst) say(draft, { type: 'response.create' });
}

/** Before the caller is there, the session can only become ready. */
function learnEarly(session: SessionFacts, says: SessionSays): SessionFacts {
  if (says.kind !== 'ready' && says.kind !== 'configured') return session;
  const { kind, isInterruptible } = says;
  return { ...session, isInterruptible, isReady: session.isReady || kind === 'ready' };
}

function drop(state: Expected | OnCall, fault: CarrierFault): PhoneStep {
  if (isFatal(fault)) return over(fault);
  const { toldFaults } = state;
  const told = toldFaults.includes(fault) ? toldFaults : [...toldFaults, fault];
  return { state: { ...state, toldFaults: told }, effects: dropFrame(fault, toldFaults) };
}

function done({ call, effects }: PhoneDraft): PhoneStep {
  return { state: call, effects };
}

function over(cause: EndCause): PhoneStep {
  return { state: { phase: 'over' }, effects: [{ kind: 'end', cause }] };
}

const hungUp: PhoneStep = { state: { phase: 'over' }, effects: [{ kind: 'hung-up' }] };
