import { discard, learn, say, type PhoneDraft } from './draft';

/** The call is connected and the session listens: the model speaks first, where it should. */
export function greet(draft: PhoneDraft): void {
  if (!draft.call.settings.speaksFirst) return;
  say(draft, { type: 'response.create' });
  learn(draft, { greeting: 'asked' });
}

/**
 * What the caller has put in is to be answered. A greeting that was asked for before that and has not begun knows nothing of it: it
 * is cut off when it begins, and the answer asked for in its place.
 */
export function askForAnswer(draft: PhoneDraft): void {
  const { session, settings } = draft.call;
  // A session that does not listen yet will be asked to greet, and speaks to this as well then.
  if (!session.isReady && settings.speaksFirst) return;
  if (session.greeting === 'none') say(draft, { type: 'response.create' });
  else learn(draft, { greeting: 'cut-off' });
}

/** A response has begun: the greeting, where one was asked for. */
export function beginGreeting(draft: PhoneDraft, responseId: string): void {
  const { greeting } = draft.call.session;
  learn(draft, { greeting: 'none' });
  if (greeting !== 'cut-off') return;
  discard(draft, [responseId]);
  say(draft, { type: 'response.cancel', response_id: responseId });
  say(draft, { type: 'response.create' });
}

/** Something was refused, perhaps the greeting: what cut it off does not wait for its beginning any longer. */
export function giveUpGreeting(draft: PhoneDraft): void {
  const { greeting } = draft.call.session;
  learn(draft, { greeting: 'none' });
  if (greeting === 'cut-off') say(draft, { type: 'response.create' });
}
