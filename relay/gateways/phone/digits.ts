import { clearTimer, count, say, set, setTimer, type PhoneDraft } from './draft';
import { askForAnswer } from './greeting';
import { interrupt } from './interruption';

/** A key is pressed: kept until `#`, a pause, or as many as there may be. */
export function press(draft: PhoneDraft, digit: string): void {
  const { limits } = draft.call.settings;
  const digits = draft.call.digits + digit;
  set(draft, { digits });
  count(draft, 'digits');
  if (digit === '#' || digits.length >= limits.maxDigits) tellDigits(draft);
  else setTimer(draft, 'digits', limits.digitsMs);
}

/** Tells the model what was pressed, as a message of the user that cuts it off as speech would. */
export function tellDigits(draft: PhoneDraft): void {
  const { digits, session } = draft.call;
  clearTimer(draft, 'digits');
  if (digits === '') return;
  set(draft, { digits: '' });
  const { active } = session;
  interrupt(draft);
  // Speech makes upstream cancel by itself; a message does not.
  for (const id of active) say(draft, { type: 'response.cancel', response_id: id });
  const content = [{ type: 'input_text', text: `The caller pressed ${digits}.` }];
  say(draft, { type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  askForAnswer(draft);
}
