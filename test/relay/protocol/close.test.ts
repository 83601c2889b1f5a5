import { endings, type EndingRule } from '../../../relay';

const rules: readonly (readonly [string, EndingRule])[] = Object.entries(endings);

describe('the table of endings', () => {
  it.each(rules)('%s has a close code a server may send, and a text that fits into a close frame', (_, rule) => {
    expect([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]).toContain(rule.closeCode);
    if (rule.text === null) return;
    expect(Buffer.byteLength(rule.text)).toBeLessThanOrEqual(123);
    expect(rule.text).toMatch(/^[A-Z][^]*\.$/);
  });

  it('is silent only for endings that are nobody’s fault', () => {
    expect(rules.filter(([, { text }]) => text === null).map(([cause]) => cause)).toEqual([
      'client_closed',
      'call_ended',
    ]);
  });

  it('closes normally only where a session ended as it should', () => {
    expect(rules.filter(([, { closeCode }]) => closeCode === 1000).map(([cause]) => cause)).toEqual([
      'client_closed',
      'call_ended',
    ]);
  });

  it('names causes in a form that is fit for metrics and error codes, and fits into a close reason', () => {
    for (const [cause] of rules) expect(cause).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});
