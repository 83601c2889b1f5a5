import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IntentDatabase } from '../../../pipeline/store/sqlite-database';
import { claimBy, key, otherKey, startMs } from './fixtures';

describe('a transaction on the intent database', () => {
  let directory: string;
  let database: IntentDatabase;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-store-'));
    database = new IntentDatabase({ file: join(directory, 'intents.db') });
  });

  afterEach(async () => {
    database.close();
    await rm(directory, { recursive: true });
  });

  it('keeps nothing of work that fails midway, and the next one works', () => {
    const failing = (): never => {
      database.apply({ type: 'claim', ...claimBy('a') }, startMs);
      throw new Error('midway');
    };
    expect(() => database.transaction('machine', failing)).toThrow('midway');
    database.transaction('process', () =>
      database.apply({ type: 'claim', ...claimBy('a', { key: otherKey }) }, startMs),
    );
    expect(database.get(key)).toBeUndefined();
    expect(database.takeMoved()).toEqual([otherKey]);
    expect(database.takeMoved()).toEqual([]);
    expect(database.get(otherKey)).toMatchObject({ state: 'RESERVED' });
  });
});
