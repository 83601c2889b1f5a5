import { join } from 'node:path';
import { check } from '../../scripts/faults/check/check';
import { planFor } from '../../scripts/faults/plan';
import { faultRun } from '../../scripts/faults/run';
import { tallyOf } from '../../scripts/faults/tally';
import { tempDir } from '../e2e/support/temp-dir';
import { Closing } from '../pipeline/support/closing';
import { describeWithRedis } from '../support/redis-server';

// Leases of relays that were killed have to end, and starting relays from their sources takes seconds.
jest.setTimeout(300_000);

const opened = new Closing();
afterEach(() => opened.all());

describeWithRedis('a short run of intents through three relays while everything fails', () => {
  it('delivers each at most once, loses none, answers every caller, and doubts only what is in doubt', async () => {
    const processes = 3;
    const plan = planFor({ intents: 300, processes, seed: 4 });
    const evidence = await faultRun({
      plan,
      processes,
      beatsPerSecond: 20,
      drainMs: 120_000,
      main: join(__dirname, '../../src/main.ts'),
      directory: await tempDir(opened),
      tell: () => undefined,
    });
    expect(check(evidence)).toEqual([]);

    const { intents, states, ends, injections, duplicatesPrevented } = tallyOf(evidence);
    expect(intents).toBe(plan.intents.length);
    // Something has to happen for nothing to go wrong.
    expect(states.get('ACCEPTED')).toBeGreaterThan(intents / 3);
    expect(states.get('UNKNOWN')).toBeGreaterThan(0);
    expect(ends.get('duplicate')).toBeGreaterThan(0);
    expect(duplicatesPrevented).toBeGreaterThan(0);
    expect(injections.get('relay_kill')).toBeGreaterThan(0);
    expect(injections.get('store_back')).toBeGreaterThan(1);
  });
});
