import { change, send, type TalkDraft } from './draft';
import { interrupt } from './interruption';

/** A turn in writing. As in speech, whoever begins one ends that of the other side. */
export function write(draft: TalkDraft, text: string): void {
  const { active } = draft.state.phase;
  // At once: what it must be told of how much was heard can wait, this cannot.
  for (const responseId of active)
    draft.effects.push({ kind: 'send', event: { type: 'response.cancel', response_id: responseId } });
  interrupt(draft);
  const content = [{ type: 'input_text', text }];
  send(draft, { type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  send(draft, { type: 'response.create' });
  change(draft, { askedAtMs: draft.nowMs });
}
