import { type ChangeAnswer, type IntentRecord, isInFlight, possibleActions, type ResendAnswer } from '../../pipeline';
import { type IntentChangeJson, intentJson } from '../intents/intent-json';
import { type Refusal, refusal } from './refusal';
import { RefusedError } from './refused-error';

/** What a change came to, or why it came to nothing. @throws RefusedError */
export function changedOrRefused(answer: ChangeAnswer): { readonly changed: boolean; readonly record: IntentRecord } {
  switch (answer.kind) {
    case 'changed':
    case 'unchanged':
      return { changed: answer.kind === 'changed', record: answer.record };
    case 'wrong_state':
      throw new RefusedError(wrongState(answer.record));
    case 'moved':
      throw new RefusedError(refusal.intentMoved(answer.record.state, answer.record.fence));
    case 'absent':
      throw new RefusedError(refusal.unknownIntent());
  }
}

/** A change as the operator is shown it. @throws RefusedError where it came to nothing */
export function changeJsonOf(answer: ResendAnswer): IntentChangeJson {
  if (answer.kind === 'cannot_send') throw new RefusedError(cannotSend[answer.code]());
  const { changed, record } = changedOrRefused(answer);
  return { changed, intent: intentJson(record) };
}

const cannotSend: Readonly<Record<Extract<ResendAnswer, { kind: 'cannot_send' }>['code'], () => Refusal>> = {
  no_webhook: refusal.noWebhook,
  unknown_org: () => refusal.unknownOrg('org'),
  draining: refusal.draining,
  no_relay: refusal.noRelay,
};

const wrongState = (record: IntentRecord): Refusal =>
  isInFlight(record) ? refusal.inFlight(record.state) : refusal.wrongState(record.state, possibleActions(record));
