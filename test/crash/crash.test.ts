import { join } from 'node:path';
import { crash } from '../../scripts/crash/rounds';
import { crashPoints } from '../../scripts/crash/points';
import { tableOf } from '../../scripts/crash/table';
import { tempDir } from '../e2e/support/temp-dir';
import { Closing } from '../pipeline/support/closing';

// Starting a process from its sources takes seconds where others use the processor too.
jest.setTimeout(300_000);

const opened = new Closing();
afterEach(() => opened.all());

it('after kill -9 between any two states nothing is sent twice, nothing promised is lost, and doubt stays doubt', async () => {
  const storeUrl = `sqlite:${join(await tempDir(opened), 'crash.db')}`;
  const { violations, rows } = await crash({ storeUrl, rounds: crashPoints.length, seed: 4 });
  expect(violations).toEqual([]);
  expect([...rows.keys()]).toEqual(crashPoints);
});

it('a store that forgets with its process is found out', async () => {
  const ledger = await crash({ storeUrl: 'memory:', rounds: crashPoints.length, seed: 4 });
  const kinds = new Set(ledger.violations.map(({ invariant }) => invariant));
  expect([...kinds]).toEqual(expect.arrayContaining(['lost_success', 'two_sends', 'wrong_state']));
  expect(tableOf(ledger).join('\n')).toMatch(/\d+ times: two sends for one intent\n\d+ times: lost success/);
});
