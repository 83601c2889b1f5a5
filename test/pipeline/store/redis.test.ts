import { readRedisUrl, type RedisAddress } from '../../../pipeline/store/redis/address';
import { openRedisStore, type RedisStoreOptions } from '../../../pipeline/store/redis';
import { openStore } from '../../../pipeline/store/open';
import { type IntentKey, type IntentStore } from '../../../pipeline/store/store';
import { describeWithRedis, TestRedis } from '../../support/redis-server';
import { itKeepsTheContract } from './conformance';
import { body, Clock, claimBy, expiresMs, key, leaseMs, otherKey, outcome, retentionMs, retryMs } from './fixtures';
import { startRacer } from './racer';

/** Generous: these tests share their machine. */
const timeoutMs = 20_000;

describeWithRedis('a Redis store', () => {
  let redis: TestRedis;
  let address: RedisAddress;
  const stores: IntentStore[] = [];
  let places = 0;

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis.dispose());
  beforeEach(() => {
    address = newPlace();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  function newPlace(): RedisAddress {
    const place = readRedisUrl(`${redis.url}?prefix=place-${places++}`);
    if (typeof place === 'string') throw new Error(place);
    return place;
  }

  async function open(options: Partial<RedisStoreOptions> = {}): Promise<IntentStore> {
    const store = await openRedisStore({ address, timeoutMs, ...options });
    stores.push(store);
    return store;
  }

  async function accepted(store: IntentStore, each: IntentKey): Promise<void> {
    const write = { key: each, owner: 'a', fence: 1 };
    await expect(store.claim(claimBy('a', { key: each }))).resolves.toMatchObject({ kind: 'claimed' });
    await expect(store.startSending({ ...write, leaseMs })).resolves.toMatchObject({ kind: 'written' });
    const settle = { ...write, state: 'ACCEPTED', outcome, retentionMs } as const;
    await expect(store.settle(settle)).resolves.toMatchObject({ kind: 'written' });
  }

  itKeepsTheContract({
    kind: 'redis',
    durable: true,
    newPlace: () => {
      const place = newPlace();
      return Promise.resolve({
        open: (now) => openRedisStore({ address: place, timeoutMs, now }),
        dispose: () => Promise.resolve(),
      });
    },
  });

  describe('by the clock of its server', () => {
    /** How often a script was run since `redis.ask('config', 'resetstat')`. */
    const scriptsRun = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.ask('info', 'commandstats'))?.[1] ?? 0);

    it('asks the server once for each step of an intent', async () => {
      const store = await open();
      await accepted(store, otherKey);
      await redis.ask('config', 'resetstat');
      await accepted(store, key);
      expect(await scriptsRun()).toBe(3);
    });

    it('asks once for each duplicate', async () => {
      const [first, second] = [await open(), await open()];
      await accepted(first, key);
      await redis.ask('config', 'resetstat');
      for (let index = 0; index < 5; index += 1) {
        await expect(second.claim(claimBy('b'))).resolves.toMatchObject({
          kind: 'held',
          record: { state: 'ACCEPTED' },
        });
      }
      expect(await scriptsRun()).toBe(5);
    });

    it('writes the time that the server has', async () => {
      const store = await open();
      const before = Number(
        await redis.ask('eval', "local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000", '0'),
      );
      await accepted(store, key);
      const after = Number(
        await redis.ask('eval', "local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000", '0'),
      );
      const { updatedAtMs = 0, createdAtMs = 0 } = (await store.get(key)) ?? {};
      // What the server shows is known from its last reply on; until then the clock lags by what that took.
      expect(createdAtMs).toBeGreaterThan(before - timeoutMs);
      expect(updatedAtMs).toBeLessThanOrEqual(after);
      expect(updatedAtMs).toBeGreaterThanOrEqual(createdAtMs);
    });

    it('goes on when its scripts were flushed', async () => {
      const store = await open();
      await accepted(store, key);
      await redis.ask('script', 'flush');
      await accepted(store, otherKey);
    });
  });

  describe('shared by two processes', () => {
    it('gives every intent to exactly one, and tells the other how it ended', async () => {
      const url = `${redis.url}?prefix=${address.prefix}`;
      const racers = [startRacer(url, 'one'), startRacer(url, 'two')];
      await Promise.all(racers.map((racer) => racer.ready));
      racers.forEach((racer) => racer.go());
      const [one, two] = await Promise.all(racers.map((racer) => racer.result));
      const won = [...(one?.won ?? []), ...(two?.won ?? [])];
      expect(won).toHaveLength(new Set(won).size);
      expect(won.length).toBe(one?.intents);
      expect(won.length + (one?.heard ?? 0) + (two?.heard ?? 0)).toBe(2 * won.length);
    });
  });

  describe('with several stores on it', () => {
    it('tells a watcher what another process did', async () => {
      const [one, two] = [await open(), await open()];
      const { promise: moved, resolve } = Promise.withResolvers<undefined>();
      const end = await one.watch(key, () => resolve(undefined));
      await two.claim(claimBy('a'));
      await moved;
      end();
    });

    it('looks by itself when the connection that would tell is lost', async () => {
      const store = await open();
      const { promise: moved, resolve } = Promise.withResolvers<undefined>();
      const end = await store.watch(key, () => resolve(undefined));
      await redis.ask('client', 'kill', 'type', 'pubsub');
      await store.claim(claimBy('a'));
      await moved;
      end();
    });

    it('reports what time has decided to one of two that sweep at once', async () => {
      const clock = new Clock();
      const [one, two] = [await open({ now: clock.now }), await open({ now: clock.now })];
      const keys = Array.from({ length: 20 }, (_, index) => ({ ...key, intentId: `id-${index}` }));
      for (const each of keys) {
        await one.claim(claimBy('a', { key: each }));
        await one.startSending({ key: each, owner: 'a', fence: 1, leaseMs });
      }
      clock.advance(leaseMs);
      const reports = await Promise.all([one, two].map((store) => store.sweep({ retentionMs, limit: 100 })));
      const unknown = reports.flatMap((report) => report.unknown.map(({ intentId }) => intentId));
      expect(unknown.sort()).toEqual(keys.map(({ intentId }) => intentId).sort());
    });

    it('sweeps a little of each org when there is more than it may do at once', async () => {
      const clock = new Clock();
      const store = await open({ now: clock.now });
      for (let index = 0; index < 30; index += 1) {
        await store.claim(claimBy('a', { key: { ...key, orgId: 'org_busy', intentId: `id-${index}` } }));
      }
      await store.claim(claimBy('a', { key: { ...key, orgId: 'org_quiet' } }));
      clock.advance(leaseMs);
      await expect(store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({ released: 10, more: true });
      await expect(store.counts('org_quiet')).resolves.toMatchObject({ NOT_SENT: 1 });
    });

    it('does not let what waits to be sent keep it from what is over', async () => {
      const clock = new Clock();
      const store = await open({ now: clock.now });
      for (let index = 0; index < 5; index += 1) {
        const each = { ...key, intentId: `id-${index}` };
        await store.claim(claimBy('a', { key: each }));
        const deferral = { state: 'DEFERRED', outcome, body, retryMs, expiresMs, retentionMs } as const;
        await store.settle({ key: each, owner: 'a', fence: 1, ...deferral });
      }
      await store.claim(claimBy('a'));
      clock.advance(leaseMs);
      const report = await store.sweep({ retentionMs, limit: 2 });
      expect(report).toMatchObject({ released: 1 });
      expect(report.due).toHaveLength(2);
    });

    it('drops from its indexes what is gone', async () => {
      const clock = new Clock();
      const store = await open({ now: clock.now });
      await accepted(store, key);
      await store.claim(claimBy('a', { key: otherKey }));
      const records = (await redis.ask('keys', `${address.prefix}:*:intent:*`)).split('\n');
      await redis.ask('del', ...records);
      await expect(store.list({ state: 'ACCEPTED', limit: 10 })).resolves.toEqual({ records: [] });
      await expect(store.counts()).resolves.toMatchObject({ ACCEPTED: 0, RESERVED: 1 });
      clock.advance(leaseMs);
      await expect(store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({ released: 0, removed: 0 });
      await expect(store.counts()).resolves.toMatchObject({ RESERVED: 0 });
      expect(await redis.ask('keys', `${address.prefix}:*:over`)).toBe('');
    });

    it('uses up a ticket for every process', async () => {
      const all = [await open(), await open(), await open()];
      const answers = await Promise.all(all.map((store) => store.redeem('secret-ticket', 60_000)));
      expect(answers.filter((isFirst) => isFirst)).toHaveLength(1);
      const ttl = await redis.ask('pttl', await redis.ask('keys', `${address.prefix}:ticket:*`));
      expect(Number(ttl)).toBeGreaterThan(0);
      expect(await redis.ask('keys', '*secret*')).toBe('');
    });

    it('keeps what has another prefix apart', async () => {
      await accepted(await open(), key);
      address = newPlace();
      await accepted(await open(), key);
    });
  });

  describe('opened', () => {
    it('warns of a server that may forget, and of nothing else', async () => {
      const forgetful = await TestRedis.start({ 'maxmemory-policy': 'allkeys-lru', appendonly: 'no' });
      const warnings: string[] = [];
      const store = await openStore(forgetful.url, { warn: (warning) => warnings.push(warning) });
      await store.close();
      await forgetful.dispose();
      expect(warnings).toEqual([expect.stringContaining('allkeys-lru'), expect.stringContaining('appendonly')]);
      await open({ warn: (warning) => warnings.push(warning) });
      expect(warnings).toHaveLength(2);
    });

    it('needs the right password, and repeats neither it nor the address', async () => {
      const guarded = await TestRedis.start();
      await guarded.ask('config', 'set', 'requirepass', 'right');
      const { port } = guarded.server;
      for (const login of ['', 'default:wrong@']) {
        const refused: unknown = await openStore(`redis://${login}127.0.0.1:${port}`).catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: 'store_unreachable' });
        expect(String(refused)).not.toMatch(/wrong|127\.0\.0\.1|\d{4}/);
      }
      const store = await openStore(`redis://default:right@127.0.0.1:${port}`);
      await store.ping();
      await store.close();
      await guarded.dispose();
    });

    it('gives up where nothing answers, and says neither host nor port', async () => {
      const nowhere: RedisAddress = { ...address, nodes: [{ host: '127.0.0.1', port: 1 }] };
      const refused: unknown = await openRedisStore({ address: nowhere, openTimeoutMs: 500 }).catch((e: unknown) => e);
      expect(refused).toMatchObject({ code: 'store_unreachable' });
      expect(String(refused)).toMatch(/ECONNREFUSED.*Check that it runs/);
      expect(String(refused)).not.toContain('127.0.0.1');
    });

    it('is told that a single server is no cluster', async () => {
      await expect(openStore(redis.url.replace('redis:', 'redis-cluster:'))).rejects.toMatchObject({
        code: 'store_unusable',
        message: expect.stringContaining('redis://') as string,
      });
    });
  });
});
