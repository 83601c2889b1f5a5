import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../../pipeline/store/open';
import { maxUnansweredCommands } from '../../../pipeline/store/redis/connection';
import { type IntentKey, type IntentStore } from '../../../pipeline/store/store';
import { cut, FaultProxy, silence } from '../../support/fault-proxy';
import { describeWithRedis, TestRedis } from '../../support/redis-server';
import { claimBy, key, leaseMs, otherKey, outcome, retentionMs } from './fixtures';

/** Generous, where it does not matter: these tests share their machine. */
const patientMs = 20_000;
/** Where the server will not answer anyway. */
const shortMs = 100;

const slow = { code: 'store_unavailable', reason: 'slow' };
const down = { code: 'store_unavailable', reason: 'down' };
const full = { code: 'store_unavailable', reason: 'full' };

describeWithRedis('when Redis fails', () => {
  let redis: TestRedis;
  let store: IntentStore;

  const open = async (timeoutMs = patientMs, url = redis.url): Promise<void> => {
    store = await openStore(url, { timeoutMs });
    // What is done once per org and process is done, and the server has the script.
    await store.claim(claimBy('warm', { key: { ...key, intentId: 'warm' } }));
  };

  beforeEach(async () => {
    redis = await TestRedis.start();
  });
  afterEach(async () => {
    redis.server.thaw();
    await store.close();
    await redis.dispose();
  });

  const start = (fence = 1) => store.startSending({ key, owner: 'a', fence, leaseMs });
  const settle = () => store.settle({ key, owner: 'a', fence: 1, state: 'ACCEPTED', outcome, retentionMs });

  /** Resolves once the store answers again. */
  async function answersAgain(): Promise<void> {
    const giveUpMs = Date.now() + patientMs;
    for (;;) {
      try {
        await store.ping();
        return;
      } catch (error) {
        if (Date.now() > giveUpMs) throw error;
        await sleep(10);
      }
    }
  }

  describe('and is frozen', () => {
    it('ends every operation by itself, and writes nothing afterwards', async () => {
      await open(shortMs);
      await store.claim(claimBy('a', { key: otherKey }));
      redis.server.freeze();
      const operations = [
        store.claim(claimBy('a')),
        store.startSending({ key: otherKey, owner: 'a', fence: 1, leaseMs }),
        store.settle({ key: otherKey, owner: 'a', fence: 1, state: 'NOT_SENT', outcome, retentionMs }),
        store.get(key),
        store.sweep({ retentionMs, limit: 10 }),
        store.list({ limit: 10 }),
        store.counts(),
        store.redeem('ticket', 1_000),
        store.ping(),
      ];
      const ends = await Promise.allSettled(operations);
      expect(ends).toEqual(ends.map(() => ({ status: 'rejected', reason: expect.objectContaining(slow) as unknown })));

      redis.server.thaw();
      await answersAgain();
      await expect(store.get(key)).resolves.toBeUndefined();
      await expect(store.get(otherKey)).resolves.toMatchObject({ state: 'RESERVED' });
      await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'claimed', record: { fence: 1 } });
    });

    it('is asked no more once it is known, and all is well when it goes on', async () => {
      await open(shortMs);
      redis.server.freeze();
      const sent = async () => (await Promise.allSettled([store.claim(claimBy('a'))]))[0];
      // The oldest unanswered command is old enough at last: this one is refused without being sent.
      let refused = await sent();
      while (refused.status === 'rejected' && !/has stopped answering/.test(String(refused.reason)))
        refused = await sent();
      expect(refused).toMatchObject({ status: 'rejected', reason: slow });
      redis.server.thaw();
      await answersAgain();
      await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'claimed' });
    });

    it('is not asked for more than so much at a time', async () => {
      await open(shortMs);
      redis.server.freeze();
      const claims = Array.from({ length: maxUnansweredCommands + 1 }, () => store.claim(claimBy('a')));
      const ends = await Promise.allSettled(claims);
      expect(ends).toHaveLength(ends.filter(({ status }) => status === 'rejected').length);
      expect(ends.at(-1)).toMatchObject({ reason: { ...slow, message: 'Too many commands to Redis are unanswered.' } });
      redis.server.thaw();
      await answersAgain();
      await expect(store.get(key)).resolves.toBeUndefined();
    });

    it('resolves a watch all the same, which then looks by itself', async () => {
      await open(shortMs);
      redis.server.freeze();
      let end: () => void = () => undefined;
      await new Promise<void>((resolve) => {
        void store.watch(key, resolve).then((ends) => (end = ends));
      });
      end();
    });
  });

  describe('and a reply gets lost', () => {
    let proxy: FaultProxy;
    beforeEach(async () => {
      proxy = await FaultProxy.start(redis.server.port);
    });
    afterEach(() => proxy.close());

    it.each([
      ['the connection ends', cut({ before: 1 }), down],
      ['nothing comes', silence(), slow],
    ] as const)('because %s, the owner reads back what became of a claim', async (_why, fault, why) => {
      await open(500, `redis://127.0.0.1:${proxy.port}`);
      const watching = await openStore(redis.url, { timeoutMs: patientMs });
      const written = Promise.withResolvers<undefined>();
      const end = await watching.watch(key, () => written.resolve(undefined));
      proxy.down.fault = fault;
      await expect(store.claim(claimBy('a'))).rejects.toMatchObject(why);
      await written.promise;
      proxy.down.fault = cut();
      await proxy.heal();
      await answersAgain();
      await expect(store.get(key)).resolves.toMatchObject({ state: 'RESERVED', owner: 'a', fence: 1 });
      // What this process believed before is not what it decides on now.
      await expect(start()).resolves.toMatchObject({ kind: 'written' });
      await expect(settle()).resolves.toMatchObject({ kind: 'written' });
      end();
      await watching.close();
    });

    it('waits with a reading for the connection to come back', async () => {
      await open(patientMs, `redis://127.0.0.1:${proxy.port}`);
      await store.claim(claimBy('a'));
      proxy.down.fault = cut();
      const reading = store.get(key);
      await proxy.heal();
      await expect(reading).resolves.toMatchObject({ owner: 'a' });
    });
  });

  it('refuses at once while it is gone, and goes on by itself with all it had acknowledged', async () => {
    await open();
    const keys: IntentKey[] = Array.from({ length: 50 }, (_, index) => ({ ...key, intentId: `id-${index}` }));
    const acknowledged: IntentKey[] = [];
    const claims = keys.map((each) =>
      store.claim(claimBy('a', { key: each })).then(
        () => acknowledged.push(each),
        () => undefined,
      ),
    );
    await claims[10];
    await redis.server.kill();
    await Promise.all(claims);
    await expect(store.claim(claimBy('a'))).rejects.toMatchObject(down);
    await expect(store.ping()).rejects.toMatchObject(down);

    await redis.server.restart();
    await answersAgain();
    const records = await Promise.all(acknowledged.map((each) => store.get(each)));
    expect(records.map((record) => record?.state)).toEqual(acknowledged.map(() => 'RESERVED'));
    // The server has forgotten the script, too.
    await expect(store.claim(claimBy('a'))).resolves.toMatchObject({ kind: 'claimed' });
  });

  it('says that it is full, writes nothing then, and takes more when there is room', async () => {
    await open();
    await store.claim(claimBy('a'));
    await redis.ask('config', 'set', 'maxmemory', '1');
    await expect(store.claim(claimBy('a', { key: otherKey }))).rejects.toMatchObject(full);
    await expect(start()).rejects.toMatchObject(full);
    await expect(store.ping()).rejects.toMatchObject(full);
    await expect(store.get(key)).resolves.toMatchObject({ state: 'RESERVED' });
    await redis.ask('config', 'set', 'maxmemory', '0');
    await expect(start()).resolves.toMatchObject({ kind: 'written' });
    await expect(store.counts()).resolves.toMatchObject({ RESERVED: 1, SENDING: 1 });
  });

  it('is down while it is only a replica', async () => {
    await open();
    await redis.ask('replicaof', '127.0.0.1', '1');
    await expect(store.claim(claimBy('a'))).rejects.toMatchObject(down);
    await expect(store.ping()).rejects.toMatchObject(down);
    await redis.ask('replicaof', 'no', 'one');
    await expect(store.claim(claimBy('a'))).resolves.toMatchObject({ kind: 'claimed' });
  });
});
