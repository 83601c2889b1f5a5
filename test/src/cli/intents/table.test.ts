import { detailsOf, linesOf, tableOf } from '../../../../src/cli/intents/table';
import type { IntentJson } from '../../../../src/intents/intent-json';

const now = Date.parse('2026-01-02T03:04:05.000Z');
const intent: IntentJson = {
  org_id: 'acme',
  tool_name: 'create_appointment',
  intent_id: '0123456789abcdef',
  state: 'UNKNOWN',
  fence: 1,
  attempts: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-02T00:00:05.000Z',
  outcome: { code: 'timeout', remote_id: 'r-1' },
  can: ['confirm', 'reject'],
  history: [{ fence: 1, steps: [{ state: 'UNKNOWN', at: '2026-01-02T00:00:05.000Z', by: 'call', code: 'timeout' }] }],
};
const settled: IntentJson = {
  ...intent,
  state: 'ACCEPTED',
  attempts: 12,
  outcome: { code: 'accepted', http_status: 200 },
  can: [],
};

it('a table has a head, and columns as wide as they need to be', () => {
  expect(tableOf([intent, settled], now)).toBe(
    [
      'STATE     FOR    ORG   TOOL                INTENT            SENT  OUTCOME         CAN',
      'UNKNOWN   3h 4m  acme  create_appointment  0123456789abcdef  1     timeout         confirm, reject',
      'ACCEPTED  3h 4m  acme  create_appointment  0123456789abcdef  12    accepted (200)  –',
    ].join('\n'),
  );
});

it('lines for programs have the same parts always', () => {
  expect(linesOf([intent, { ...settled, outcome: undefined }])).toBe(
    [
      'UNKNOWN\t2026-01-02T00:00:05.000Z\tacme\tcreate_appointment\t0123456789abcdef\t1\ttimeout\tconfirm,reject',
      'ACCEPTED\t2026-01-02T00:00:05.000Z\tacme\tcreate_appointment\t0123456789abcdef\t12\t\t',
    ].join('\n'),
  );
});

it('one is told with its attempts', () => {
  const text = detailsOf(intent, now);
  expect(text).toContain('state          UNKNOWN for 3h 4m, since 2026-01-02T00:00:05.000Z');
  expect(text).toContain("receiver's id  r-1");
  expect(text).toContain('  claim 1\n    2026-01-02T00:00:05.000Z  UNKNOWN       by call      timeout');
});

it('nothing in it does anything to a terminal', () => {
  const trick = 'x\u001b[31m\r\n\tx';
  const tricky = { ...intent, org_id: trick, outcome: { code: trick, remote_id: trick } };
  for (const text of [tableOf([tricky], now), linesOf([tricky]), detailsOf(tricky, now)]) {
    expect(['\u001b', '\r', '\n\tx'].filter((control) => text.includes(control))).toEqual([]);
  }
});
