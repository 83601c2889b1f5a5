import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../../pipeline/store/sqlite';
import { schemaVersion } from '../../../pipeline/store/sqlite-schema';
import { type IntentKey, type IntentStore } from '../../../pipeline/store/store';
import { Clock, claimBy, key, leaseMs, outcome, retentionMs, startMs } from './fixtures';

/** Written by the first version of the store: one intent of `org_1` in each state it knew, one of `org_0` in doubt. */
const versionOne = join(__dirname, 'version-1.db');

const oddTool = 'a"b\\c|d\u0000e\u2028é\u{1f600}';
const named = (intentId: string): IntentKey => ({ ...key, intentId });

describe('a file of the first version', () => {
  let directory: string;
  let file: string;
  let store: IntentStore | undefined;
  const clock = new Clock();

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-store-'));
    file = join(directory, 'intents.db');
    await copyFile(versionOne, file);
    clock.nowMs = startMs + 1_000;
  });

  afterEach(async () => {
    await store?.close();
    store = undefined;
    await rm(directory, { recursive: true });
  });

  async function open(): Promise<IntentStore> {
    store = await openSqliteStore({ file, timeoutMs: 20_000, now: clock.now });
    return store;
  }

  it('is brought up to date with all that is in it', async () => {
    const opened = await open();
    const { records } = await opened.list({ limit: 100 });
    expect(records.map(({ key: { orgId, tool, intentId }, state }) => [orgId, tool, intentId, state])).toEqual([
      ['org_0', oddTool, 'UNKNOWN', 'UNKNOWN'],
      ...['RESERVED', 'SENDING', 'NOT_SENT', 'ACCEPTED', 'REJECTED', 'UNKNOWN', 'CONFIRMED', 'FAILED_LATER'].map(
        (state) => ['org_1', 'create_appointment', state, state],
      ),
    ]);
    for (const record of records) expect(record.trail).toEqual([]);
    await expect(opened.get(named('REJECTED'))).resolves.toEqual({
      state: 'REJECTED',
      key: named('REJECTED'),
      fingerprint: 'fp-1',
      fence: 1,
      attempts: 1,
      createdAtMs: startMs + 5,
      updatedAtMs: startMs + 5,
      trail: [],
      outcome: { ...outcome, result: oddTool },
      retainUntilMs: startMs + 5 + retentionMs,
    });
    await expect(opened.counts('org_1')).resolves.toMatchObject({ RESERVED: 1, UNKNOWN: 1, DEFERRED: 0 });
  });

  it('goes on where it was: owners, leases, doubts and retention', async () => {
    const opened = await open();
    const settle = { key: named('SENDING'), owner: 'a', fence: 1, state: 'ACCEPTED', outcome, retentionMs } as const;
    await expect(opened.settle(settle)).resolves.toMatchObject({
      kind: 'written',
      record: { trail: [{ by: 'call' }] },
    });
    await expect(opened.claim(claimBy('b', { key: named('UNKNOWN') }))).resolves.toMatchObject({ kind: 'held' });
    const resend = { key: named('UNKNOWN'), fence: 1, owner: 'o', leaseMs, by: 'operator' } as const;
    await expect(opened.reclaim(resend)).resolves.toMatchObject({
      kind: 'claimed',
      record: { kept: { body: '{"title":"Dentist"}' } },
    });
    clock.advance(leaseMs);
    await expect(opened.sweep({ retentionMs, limit: 100 })).resolves.toMatchObject({ released: 2, removed: 0 });
    clock.advance(retentionMs);
    await expect(opened.sweep({ retentionMs, limit: 100 })).resolves.toMatchObject({ removed: 7 });
  });

  it('is brought up to date once, and is a newer version’s from then on', async () => {
    await (await open()).claim(claimBy('a'));
    await store?.close();
    expect(onFile('PRAGMA user_version')).toEqual([{ user_version: schemaVersion }]);
    await expect((await open()).get(key)).resolves.toMatchObject({ trail: [{ state: 'RESERVED' }] });
  });

  it('stays as it was when that fails halfway', async () => {
    onFile("UPDATE intents SET record = 'no JSON' WHERE intent_id = 'CONFIRMED'");
    const before = onFile('SELECT * FROM intents');
    await expect(open()).rejects.toMatchObject({ code: 'store_unusable' });
    expect(onFile('SELECT * FROM intents')).toEqual(before);
    expect(onFile('PRAGMA user_version')).toEqual([{ user_version: 1 }]);
    expect(onFile("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")).toEqual([
      { name: 'intents_by_due' },
      { name: 'intents_by_state' },
    ]);
  });

  function onFile(sql: string) {
    const database = new DatabaseSync(file);
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  }
});
