import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { openIntentFile } from '../../../pipeline/store/sqlite-file';
import { listRows } from '../../../pipeline/store/sqlite-listing';
import { type IntentQuery } from '../../../pipeline/store/store';

describe('a page of the intent file', () => {
  let directory: string;
  let database: DatabaseSync;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-store-'));
    database = openIntentFile({ file: join(directory, 'intents.db') });
  });

  afterEach(async () => {
    database.close();
    await rm(directory, { recursive: true });
  });

  const place = ['org_1', 12, 'book', '7'] as const;
  const state = 'UNKNOWN';

  it.each<[string, Omit<IntentQuery, 'limit'>, boolean, string]>([
    ['all', {}, false, '(state=?)'],
    ['all, further on', {}, true, '(state=? AND (org_id,moved_ms)>(?,?))'],
    ['a state', { state }, false, '(state=?)'],
    ['an org', { orgId: 'org_1' }, false, '(state=? AND org_id=?)'],
    ['an org, further on', { orgId: 'org_1' }, true, '(state=? AND org_id=? AND moved_ms>?)'],
    ['what is old', { orgId: 'org_1', state, movedBeforeMs: 9 }, false, '(state=? AND org_id=? AND moved_ms<?)'],
  ])('of %s is read from the index in its order', (_name, query, isFurtherOn, range) => {
    const plans: string[] = [];
    const explaining = {
      prepare: (sql: string) => ({
        all: (values: Record<string, SQLInputValue>) => {
          const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(values);
          plans.push(...steps.map(({ detail }) => String(detail)).filter((detail) => detail.includes(' intents ')));
          return [];
        },
      }),
      // The listing uses nothing else of a database.
    } as unknown as DatabaseSync;
    listRows(explaining, { ...query, limit: 10 }, isFurtherOn ? place : undefined);
    expect(new Set(plans)).toEqual(new Set([`SEARCH intents USING INDEX intents_by_move ${range}`]));
  });
});
