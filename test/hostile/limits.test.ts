import { limitsSchema } from '../../src/config/limits';
import { Closing } from '../pipeline/support/closing';
import { openHouse } from '../e2e/support/house';
import { protocolTable } from '../docs/support/protocol-table';
import { type Trial } from './limits/trial';
import { trials } from './limits/trials';
import { metricReaches } from './support/metrics';

const opened = new Closing();
afterEach(() => opened.all());

describe('every limit', () => {
  it('has a trial', () => {
    expect(Object.keys(trials).sort()).toEqual(Object.keys(limitsSchema.shape).sort());
  });

  it('is counted by the metric that docs/protocol.md names', () => {
    const rows = protocolTable('Limits').map(([name, , , , counted]) => [name, counted]);
    const counted = Object.entries<Trial>(trials).map(([name, trial]) => [name, trial.counted ?? '–']);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(counted));
  });
});

describe('a limit that is reached ends as promised, and is counted', () => {
  it.each(Object.entries<Trial>(trials))('%s', async (name, { parts, reach, counted, isElsewhere = false }) => {
    const house = await openHouse(opened, parts);
    await reach(house, opened);
    // A relay that was stopped has been asked before.
    if (counted !== null && name !== 'drainMs' && !isElsewhere) await metricReaches(house.relay, counted, 1);
  });
});
