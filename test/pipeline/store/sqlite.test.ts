import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type SqliteStoreOptions, openSqliteStore } from '../../../pipeline/store/sqlite';
import { type IntentStore } from '../../../pipeline/store/store';
import { itKeepsTheContract } from './conformance';
import { Clock, claimBy, key, leaseMs, otherKey, outcome, retentionMs } from './fixtures';
import { type Holder, startHolder } from './holder';
import { itTellsEveryMoveOnce } from './support/every-move';

/** Generous: these tests share their machine. */
const timeoutMs = 20_000;

itKeepsTheContract({
  kind: 'sqlite',
  durable: true,
  newPlace: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'relay-store-'));
    return {
      open: (now) => openSqliteStore({ file: join(directory, 'intents.db'), timeoutMs, now }),
      dispose: () => rm(directory, { recursive: true }),
    };
  },
});

describe('the SQLite store', () => {
  let directory: string;
  let file: string;
  const stores: IntentStore[] = [];
  const holders: Holder[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-store-'));
    file = join(directory, 'intents.db');
  });

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await Promise.all(holders.splice(0).map((holder) => holder.kill()));
    await rm(directory, { recursive: true });
  });

  async function open(options: Partial<SqliteStoreOptions> = {}): Promise<IntentStore> {
    const store = await openSqliteStore({ file, timeoutMs, ...options });
    stores.push(store);
    return store;
  }

  function hold(): Holder {
    const holder = startHolder(file);
    holders.push(holder);
    return holder;
  }

  itTellsEveryMoveOnce(() => open());

  it('keeps a ticket that was used for its time, and not for ever', async () => {
    const clock = new Clock();
    const store = await open({ now: clock.now });
    const tickets = () => {
      const database = new DatabaseSync(file, { readOnly: true });
      try {
        return database.prepare('SELECT ticket FROM tickets ORDER BY ticket').all();
      } finally {
        database.close();
      }
    };
    await store.redeem('1', 1_000);
    await store.redeem('2', 2_000);
    clock.advance(1_000);
    await store.sweep({ retentionMs, limit: 10 });
    await store.close();
    expect(tickets()).toEqual([{ ticket: '2' }]);
  });

  it('makes the directories its file lies in', async () => {
    const store = await open({ file: join(directory, 'a', 'b', 'intents.db') });
    await expect(store.ping()).resolves.toBeUndefined();
  });

  // Windows knows no such modes.
  (process.platform === 'win32' ? it.skip : it)(
    'makes files that nobody else may read, and leaves old ones',
    async () => {
      const store = await open();
      await store.claim(claimBy('a'));
      for (const name of [file, `${file}-wal`]) expect((await stat(name)).mode & 0o777).toBe(0o600);
      await store.close();
      await chmod(file, 0o640);
      await (await open()).close();
      expect((await stat(file)).mode & 0o777).toBe(0o640);
    },
  );

  it('writes many intents that come at once, each of them once', async () => {
    const store = await open();
    const ids = Array.from({ length: 2_000 }, (_, index) => `id-${index % 1_000}`);
    const answers = await Promise.all(
      ids.map((intentId, index) => store.claim(claimBy(`owner-${index}`, { key: { ...key, intentId } }))),
    );
    expect(answers.filter(({ kind }) => kind === 'claimed')).toHaveLength(1_000);
    await expect(store.counts()).resolves.toMatchObject({ RESERVED: 1_000 });
  });

  it('refuses a second store on its file in the same process, and keeps the file', async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({ code: 'store_locked' });
    await expect(hold().report).resolves.toMatchObject({ refused: 'store_locked' });
    await expect(store.claim(claimBy('a'))).resolves.toMatchObject({ kind: 'claimed' });
  });

  it('refuses a file that another process has, naming the file and the way out', async () => {
    const holder = hold();
    await expect(holder.report).resolves.toEqual({ state: 'SENDING' });
    const refusal = open();
    await expect(refusal).rejects.toThrow(file);
    await expect(refusal).rejects.toThrow(/one process.*redis:/);
    await expect(refusal).rejects.toMatchObject({ name: 'StoreOpenError', code: 'store_locked' });
  });

  it('lets one of several processes that start at once have a new file', async () => {
    const reports = await Promise.all([hold(), hold(), hold()].map((holder) => holder.report));
    expect(reports.filter((report) => 'state' in report)).toHaveLength(1);
    expect(reports.filter((report) => 'refused' in report && report.refused === 'store_locked')).toHaveLength(2);
  });

  it('opens a file whose process was killed, and holds its send in doubt for good', async () => {
    const holder = hold();
    await holder.report;
    await holder.kill();
    const clock = new Clock();
    clock.nowMs = Date.now();
    const store = await open({ now: clock.now });
    await expect(store.get(key)).resolves.toMatchObject({ state: 'SENDING', attempts: 1 });
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'held', record: { state: 'SENDING' } });
    clock.advance(leaseMs);
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'held', record: { state: 'UNKNOWN' } });
    clock.advance(100 * retentionMs);
    await store.sweep({ retentionMs, limit: 100 });
    await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'held', record: { state: 'UNKNOWN' } });
  });

  it('refuses new intents as full when its file may not grow, and still answers for old ones', async () => {
    const store = await open({ maxFileBytes: 128 * 1024 });
    await store.claim(claimBy('a'));
    const fill = async (): Promise<never> => {
      for (let index = 0; ; index += 1) {
        const each = { ...key, intentId: `id-${index}` };
        await store.claim(claimBy('a', { key: each }));
        const large = { result: 'x'.repeat(8_000) };
        await store.settle({ key: each, owner: 'a', fence: 1, state: 'REJECTED', outcome: large, retentionMs });
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'store_unavailable', reason: 'full' });
    await expect(store.get(key)).resolves.toMatchObject({ state: 'RESERVED' });
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('lets one request that finds no room fail alone', async () => {
    const store = await open({ maxFileBytes: 128 * 1024 });
    await store.claim(claimBy('a'));
    await store.claim(claimBy('a', { key: otherKey }));
    const settle = { owner: 'a', fence: 1, state: 'REJECTED', retentionMs } as const;
    const answers = await Promise.allSettled([
      store.settle({ ...settle, key, outcome: { code: 'refused' } }),
      store.claim(claimBy('a', { key: { ...key, tool: 'x'.repeat(200_000) } })),
      store.settle({ ...settle, key: otherKey, outcome: { code: 'refused' } }),
    ]);
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: { kind: 'written' } },
      { status: 'rejected', reason: { reason: 'full' } },
      { status: 'fulfilled', value: { kind: 'written' } },
    ]);
  });

  it('refuses a file of a newer version', async () => {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(open()).rejects.toMatchObject({ code: 'store_newer' });
    await expect(open()).rejects.toThrow(`${file} was written by a newer version (schema 99`);
  });

  it('refuses the database of another program and leaves it as it is', async () => {
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE songs (title TEXT)');
    await expect(open()).rejects.toMatchObject({ code: 'store_unusable' });
    expect(database.prepare('SELECT name FROM sqlite_schema').all()).toMatchObject([{ name: 'songs' }]);
    expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'delete' });
    database.close();
  });

  it('refuses a file that is no database, and a path that is no file', async () => {
    await writeFile(file, 'This is a letter, and a rather long one, to nobody in particular.'.repeat(50));
    await expect(open()).rejects.toMatchObject({ code: 'store_unusable' });
    await expect(open({ file: directory })).rejects.toMatchObject({ code: 'store_unusable' });
    await expect(open({ file: join(file, 'below.db') })).rejects.toMatchObject({ code: 'store_unusable' });
  });

  it('fails with `slow` when its time is over, and a write nobody waited for is not begun', async () => {
    const store = await open({ timeoutMs: 0 });
    await expect(store.claim(claimBy('a'))).rejects.toMatchObject({ code: 'store_unavailable', reason: 'slow' });
    await store.close();
    const reopened = await open();
    await expect(reopened.get(key)).resolves.toBeUndefined();
  });

  it('gives the file back when it is closed', async () => {
    const first = await open();
    const claim = first.claim(claimBy('a'));
    await first.close();
    await claim;
    const second = await open();
    const settle = { key, owner: 'a', fence: 1, state: 'NOT_SENT', outcome, retentionMs } as const;
    await expect(second.settle(settle)).resolves.toMatchObject({ kind: 'written' });
  });
});
