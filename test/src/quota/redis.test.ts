import { setTimeout as sleep } from 'node:timers/promises';
import { openSharedRedis, type SharedRedis, StoreUnavailableError } from '../../../pipeline';
import { createRedisConnectRate } from '../../../src/quota/redis-connect-rate';
import { forgivingPlaces } from '../../../src/quota/forgiving-places';
import { RedisPlaces } from '../../../src/quota/redis-places';
import { Closing } from '../../pipeline/support/closing';
import { describeWithRedis, startTestCluster, TestRedis } from '../../support/redis-server';
import { describeConnectRate, describePlaces } from './conformance';

// Patient, because other tests have the processor too.
const timeoutMs = 5_000;
const leaseMs = 60_000;

describeWithRedis('on Redis', () => {
  const opened = new Closing();
  afterEach(() => opened.all());
  let redis: TestRedis;
  beforeAll(async () => (redis = await TestRedis.start()));
  afterAll(() => redis.dispose());
  beforeEach(async () => {
    await redis.ask('flushall');
  });

  const connect = async (url = redis.url): Promise<SharedRedis> =>
    opened.add(await openSharedRedis(url, timeoutMs), ({ link }) => link.close());

  const processOn = async (processId: string, parts: { url?: string; leaseMs?: number } = {}): Promise<RedisPlaces> =>
    new RedisPlaces({
      redis: await connect(parts.url),
      name: 'sessions',
      processId,
      leaseMs: parts.leaseMs ?? leaseMs,
    });

  const shared = async (url?: string) => {
    const places = [
      await processOn('a', { ...(url && { url }) }),
      await processOn('b', { ...(url && { url }) }),
    ] as const;
    return {
      places,
      settled: async () => {
        await Promise.all(places.map((each) => each.renew()));
      },
    };
  };

  describePlaces('two processes', () => shared());

  describeConnectRate('two processes', async (maxPerSecond) => [
    createRedisConnectRate(await connect(), maxPerSecond),
    createRedisConnectRate(await connect(), maxPerSecond),
  ]);

  it('a window of the rate ends', async () => {
    const rate = createRedisConnectRate(await connect(), 1);
    expect(await rate.allows('192.0.2.1')).toBe(true);
    expect(Number(await redis.ask('pttl', 'relay:connects:192.0.2.1'))).toBeGreaterThan(0);
  });

  it('what a process held is free when it is not believed any more, and not before', async () => {
    const dead = await processOn('dead', { leaseMs: 500 });
    expect(await dead.take('acme', 1)).toBeDefined();
    const living = await processOn('living');
    expect(await living.take('acme', 1)).toBeUndefined();
    while ((await living.take('acme', 1)) === undefined) await sleep(20);
    expect(await redis.ask('hkeys', 'relay:{acme}:places:sessions')).toBe('living');
  });

  it('what is renewed is believed on', async () => {
    const patient = await processOn('patient', { leaseMs: 60_000 });
    await patient.take('acme', 1);
    const until = async () =>
      Number((await redis.ask('hget', 'relay:{acme}:places:sessions', 'patient')).split(' ')[1]);
    const before = await until();
    while ((await until()) === before) expect(await patient.renew()).toBe(true);
    expect(await until()).toBeGreaterThan(before);
  });

  it('nothing is left in Redis when everything was given back', async () => {
    const { places, settled } = await shared();
    for (const process of places) (await process.take('acme', 10))?.leave();
    await settled();
    expect(await redis.ask('keys', '*')).toBe('');
  });

  it('a key is forgotten by Redis when no process is believed', async () => {
    await (await processOn('a')).take('acme', 1);
    expect(Number(await redis.ask('pttl', 'relay:{acme}:places:sessions'))).toBeGreaterThan(0);
  });

  it('what Redis forgot is said again, and counts more than there may be', async () => {
    const first = await processOn('first');
    await first.take('acme', 1);
    await redis.ask('flushall');
    const second = await processOn('second');
    expect(await second.take('acme', 1)).toBeDefined();
    expect(await first.renew()).toBe(true);
    expect(await second.take('acme', 2)).toBeUndefined();
  });

  it('asks once for all who ask at the same time', async () => {
    const places = await processOn('a');
    await places.take('acme', 100);
    const calls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.ask('info', 'commandstats'))?.[1]);
    const before = await calls();
    await Promise.all(Array.from({ length: 50 }, () => places.take('acme', 100)));
    expect((await calls()) - before).toBe(1);
  });

  describe('that is away', () => {
    const lost = async () => {
      const own = opened.add(await TestRedis.start(), (each) => each.dispose());
      const places = await processOn('a', { url: own.url });
      const held = await places.take('acme', 2);
      await own.server.kill();
      return { own, places, held };
    };

    it('cannot say whether there is room, and is told what is held when it is back', async () => {
      const { own, places, held } = await lost();
      await expect(places.take('acme', 2)).rejects.toThrow(StoreUnavailableError);
      expect(await places.renew()).toBe(false);
      await own.server.restart();
      while (!(await places.renew())) await sleep(20);
      expect((await own.ask('hget', 'relay:{acme}:places:sessions', 'a')).split(' ')[0]).toBe('1');
      held?.leave();
      expect(await places.renew()).toBe(true);
      expect(await own.ask('exists', 'relay:{acme}:places:sessions')).toBe('0');
    });

    it('leaves each process what it may take alone, of what is better let in than refused', async () => {
      const places = forgivingPlaces((await lost()).places);
      const [first, second, third] = await Promise.all([1, 2, 3].map(() => places.take('other', 2)));
      expect([first, second, third].map((place) => place !== undefined)).toEqual([true, true, false]);
      first?.leave();
      expect(await places.take('other', 2)).toBeDefined();
    });

    it('lets connect who would be let in by this process alone', async () => {
      const own = opened.add(await TestRedis.start(), (each) => each.dispose());
      const rate = createRedisConnectRate(await connect(own.url), 1);
      await own.server.kill();
      expect(await rate.allows('192.0.2.1')).toBe(true);
      expect(await rate.allows('192.0.2.1')).toBe(false);
    });
  });

  it('a cluster keeps places like a single server', async () => {
    const cluster = opened.add(await startTestCluster(), (each) => each.dispose());
    const { places } = await shared(cluster.url);
    const orgs = ['acme', 'other', 'third'];
    for (const org of orgs) {
      expect(await places[0].take(org, 1)).toBeDefined();
      expect(await places[1].take(org, 1)).toBeUndefined();
    }
    const rate = createRedisConnectRate(await connect(cluster.url), 1);
    expect([await rate.allows('192.0.2.1'), await rate.allows('192.0.2.1')]).toEqual([true, false]);
  });
});
