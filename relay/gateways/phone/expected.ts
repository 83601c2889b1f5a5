import { type CallStart } from '../dialect';
import { clearTimer, set, type PhoneDraft } from './draft';
import { greet } from './greeting';
import { nothingHeld } from './held';
import { openLine } from './input-line';
import { lifeSign } from './mark-name';
import { type Expected, type OnCall, type PhoneEvent, type SessionFacts } from './model';
import { noFrames } from './order';
import { complain, drop, hungUp, over, type PhoneStep } from './outcome';
import { silentPlayback } from './playback';
import { askRoundTrip } from './round-trip';
import { readSession, type SessionSays } from './session-says';

/** What happens while nobody is on the line: the stream starts, or is not what was expected. */
export function stepExpected(state: Expected, event: PhoneEvent, nowMs: number): PhoneStep {
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
        case 'complaint':
          return complain(state, event.event.code);
        case 'digit':
        case 'mark':
        case 'flow':
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
    order: noFrames,
    input: openLine(nowMs),
    isCallerSpeaking: false,
    playback: silentPlayback,
    isTaking: true,
    digits: '',
  };
  const draft: PhoneDraft = { call, effects: [], nowMs };
  clearTimer(draft, 'start');
  askWay(draft);
  if (call.session.isReady) greet(draft);
  return { state: draft.call, effects: draft.effects };
}

/** Finds out how long the way to the carrier and back is, before the first mark that stands behind audio tells. */
function askWay(draft: PhoneDraft): void {
  const { playback, settings } = draft.call;
  if (!settings.capabilities.marks) return;
  draft.effects.push({ kind: 'mark', name: lifeSign });
  set(draft, { playback: { ...playback, roundTrip: askRoundTrip(playback.roundTrip, draft.nowMs) } });
}

/** Before the caller is there, the session can only become ready. */
function learnEarly(session: SessionFacts, says: SessionSays): SessionFacts {
  if (says.kind !== 'ready' && says.kind !== 'configured') return session;
  const { kind, isInterruptible } = says;
  return { ...session, isInterruptible, isReady: session.isReady || kind === 'ready' };
}
