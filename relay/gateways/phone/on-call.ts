import { press, tellDigits } from './digits';
import { clearTimer, count, learn, set, setTimer, type PhoneDraft } from './draft';
import { beginGreeting, giveUpGreeting, greet } from './greeting';
import { heardMark } from './heard';
import { interrupt } from './interruption';
import { checkQuiet, listen, passEarly, passHeld } from './listening';
import { readMark } from './mark-name';
import { type OnCall, type PhoneEvent, type PhoneTimer } from './model';
import { complain, drop, hungUp, over, type PhoneStep } from './outcome';
import { roundTripAnswered } from './round-trip';
import { readSession, type SessionSays } from './session-says';
import { finishItems, hand, play, tellIfHeard } from './speaking';

/** What happens while the caller is on the line. */
export function stepOnCall(call: OnCall, event: PhoneEvent, nowMs: number): PhoneStep {
  const draft: PhoneDraft = { call, effects: [], nowMs };
  switch (event.kind) {
    case 'awaited':
    case 'started':
      return over('carrier_second_start');
    case 'session':
      follow(draft, readSession(event.data));
      return done(draft);
    case 'timer':
      return onTimer(draft, event.timer) ? done(draft) : over('carrier_impossible_timestamp');
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
        case 'flow':
          set(draft, { isTaking: said.isOpen });
          hand(draft);
          return done(draft);
        case 'complaint':
          return complain(call, said.code);
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
      beginGreeting(draft, says.responseId);
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
      giveUpGreeting(draft);
      return;
    case 'nothing':
  }
}

/** False for a frame with an impossible timestamp. */
function onTimer(draft: PhoneDraft, timer: PhoneTimer): boolean {
  switch (timer) {
    case 'start':
      return true;
    case 'order':
      return passEarly(draft);
    case 'digits':
      tellDigits(draft);
      return true;
    case 'quiet':
      checkQuiet(draft);
      return true;
    case 'pace':
      hand(draft);
      return true;
    case 'played':
      tellIfHeard(draft);
      return true;
  }
}

/** False for a mark that is not one of ours. */
function takeMark(draft: PhoneDraft, name: string): boolean {
  const mark = readMark(name);
  const { playback } = draft.call;
  if (mark === undefined || mark.item > playback.serial) return false;
  if (mark.item === 0) {
    set(draft, { playback: { ...playback, roundTrip: roundTripAnswered(playback.roundTrip, draft.nowMs) } });
    return true;
  }
  const heard = heardMark(playback, mark, draft.nowMs);
  if (heard.marks === 0) return true;
  set(draft, { playback: heard.playback });
  count(draft, 'marks_heard', heard.marks);
  tellIfHeard(draft);
  return true;
}

function done({ call, effects }: PhoneDraft): PhoneStep {
  return { state: call, effects };
}
