import { endings } from '../../relay';
import { failures } from '../../relay/protocol/errors';
import { limitsSchema, orgLimitsSchema } from '../../src/config/limits';
import { protocolTable } from './support/protocol-table';

describe('docs/protocol.md', () => {
  it('lists every ending with its close code, its text and whether to try again', () => {
    const rows = Object.entries(endings).map(([cause, { closeCode, text, retry }]) => [
      cause,
      String(closeCode),
      text ?? '–',
      retry ? 'yes' : 'no',
    ]);
    expect(protocolTable('How a session ends')).toEqual(rows);
  });

  it('lists every failure with its class, its ending and its text', () => {
    const rows = Object.entries(failures).map(([code, rule]) => [
      code,
      rule.class,
      'ending' in rule ? rule.ending : '–',
      rule.text,
    ]);
    expect(protocolTable('Errors')).toEqual(rows);
  });

  it('lists every limit with its default and who may set it', () => {
    const rows = Object.entries(limitsSchema.parse({})).map(([name, value]) => [
      name,
      String(value),
      name in orgLimitsSchema.shape ? 'org' : 'relay',
    ]);
    expect(protocolTable('Limits').map(([name, value, , , , owner]) => [name, value, owner])).toEqual(rows);
  });
});
