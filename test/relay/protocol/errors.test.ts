import { endings } from '../../../relay';
import {
  endingOfConnectFailure,
  failureOf,
  failures,
  isFailureCode,
  type FailureRule,
} from '../../../relay/protocol/errors';

const rules: readonly (readonly [string, FailureRule])[] = Object.entries(failures);

describe('the table of failures', () => {
  it.each(rules)('%s has a text of its own, and an ending that exists if it ends a session', (_, rule) => {
    expect(rule.text).toMatch(/^[A-Z][^]*\.$/);
    if (rule.class === 'fatal') expect(Object.keys(endings)).toContain(rule.ending);
  });

  it('knows the account’s failures as fatal, races as harmless', () => {
    expect(failureOf('insufficient_quota')).toMatchObject({ class: 'fatal', ending: 'upstream_account' });
    expect(failureOf('response_cancel_not_active')).toMatchObject({ class: 'ignorable' });
    expect(failureOf('conversation_already_has_active_response')).toMatchObject({ class: 'retryable' });
  });

  it.each([undefined, null, '', 'unheard_of', 'constructor', '__proto__', 'toString'])('does not know %p', (code) => {
    expect(failureOf(code)).toBeUndefined();
    expect(isFailureCode(code)).toBe(false);
  });

  it('names an ending for every way of not getting a connection', () => {
    for (let status = 100; status < 600; status++) {
      const cause = endingOfConnectFailure({ kind: 'status', status });
      expect(endings[cause].text).not.toBeNull();
      expect(endings[cause].retry).toBe(status === 429 || status === 408 || status < 400 || status >= 500);
    }
  });
});
