import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OperatorAction, operatorActions, OperatorService, silentLog } from '../../pipeline';
import { MemoryStore } from '../../pipeline/store/memory';
import { intentStates } from '../../pipeline/store/store';
import { packageRoot } from '../../src/package-root';
import { key, retentionMs } from '../pipeline/store/fixtures';
import { putIntent } from '../pipeline/support/put-intent';

const text = readFileSync(join(packageRoot, 'docs', 'delivery.md'), 'utf8');

/** What an action makes of an intent in a state, as the table has it. */
async function cellFor(state: (typeof intentStates)[number], action: OperatorAction): Promise<string> {
  const store = new MemoryStore();
  const operator = new OperatorService({ store, log: silentLog, retentionMs, forget: () => undefined });
  await putIntent(store, state);
  const answer = await operator[action](key);
  if (answer.kind === 'cannot_send') return 'yes';
  return answer.kind === 'changed' ? answer.record.state : '–';
}

describe('docs/delivery.md', () => {
  it('says what can be done from each state, and what comes of it', async () => {
    const rows = Array.from(text.matchAll(/^\| `([A-Z_]+)` +\| (\S+) +\| (\S+) +\| (\S+) +\|$/gm), ([, ...cells]) =>
      cells.map((cell) => cell.replaceAll('`', '')),
    );
    const expected = intentStates.map(async (state) => [
      state,
      ...(await Promise.all(operatorActions.map((action) => cellFor(state, action)))),
    ]);
    expect(rows).toEqual(await Promise.all(expected));
  });
});
