import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endings } from '../../relay';
import { failures } from '../../relay/protocol/errors';
import { limitsSchema, orgLimitsSchema } from '../../src/config/limits';
import { packageRoot } from '../../src/package-root';

const text = readFileSync(join(packageRoot, 'docs', 'protocol.md'), 'utf8');

describe('docs/protocol.md', () => {
  it('lists every ending with its close code, its text and whether to try again', () => {
    const rows = Object.entries(endings).map(([cause, { closeCode, text, retry }]) => [
      cause,
      String(closeCode),
      text ?? '–',
      retry ? 'yes' : 'no',
    ]);
    expect(table('How a session ends')).toEqual(rows);
  });

  it('lists every failure with its class, its ending and its text', () => {
    const rows = Object.entries(failures).map(([code, rule]) => [
      code,
      rule.class,
      'ending' in rule ? rule.ending : '–',
      rule.text,
    ]);
    expect(table('Errors')).toEqual(rows);
  });

  it('lists every limit with its default and who may set it', () => {
    const rows = Object.entries(limitsSchema.parse({})).map(([name, value]) => [
      name,
      String(value),
      name in orgLimitsSchema.shape ? 'org' : 'relay',
    ]);
    expect(table('Limits').map(([name, value, , , owner]) => [name, value, owner])).toEqual(rows);
  });
});

/** The cells of the table under a heading, without its head and without backticks. */
function table(heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}
