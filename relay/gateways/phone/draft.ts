import { type JsonObject } from '../../json';
import { type OnCall, type PhoneCount, type PhoneEffect, type PhoneTimer, type SessionFacts } from './model';

/** One step of a call in the making: its next state and the effects so far. It lives for one step only. */
export interface PhoneDraft {
  call: OnCall;
  readonly effects: PhoneEffect[];
  readonly nowMs: number;
}

/** Changes some members of the state. */
export function set(draft: PhoneDraft, change: Partial<OnCall>): void {
  draft.call = { ...draft.call, ...change };
}

/** Changes what is known of the session. */
export function learn(draft: PhoneDraft, change: Partial<SessionFacts>): void {
  set(draft, { session: { ...draft.call.session, ...change } });
}

/** What still comes of these responses is not played. */
export function discard(draft: PhoneDraft, responseIds: readonly string[]): void {
  const { discarded } = draft.call.session;
  learn(draft, { discarded: [...discarded, ...responseIds].slice(-mostDiscarded) });
}

/** Says an event in the session, as a client would. */
export function say(draft: PhoneDraft, event: JsonObject): void {
  draft.effects.push({ kind: 'say', data: Buffer.from(JSON.stringify(event)) });
}

/** Counts something, if there is anything to count. */
export function count(draft: PhoneDraft, what: PhoneCount, by = 1): void {
  if (by > 0) draft.effects.push({ kind: 'count', what, by });
}

/** Sets a timer. */
export function setTimer(draft: PhoneDraft, timer: PhoneTimer, afterMs: number): void {
  draft.effects.push({ kind: 'timer.set', timer, afterMs });
}

/** Stops a timer. */
export function clearTimer(draft: PhoneDraft, timer: PhoneTimer): void {
  draft.effects.push({ kind: 'timer.clear', timer });
}

/** More than can be under way at once. */
const mostDiscarded = 8;
