import { readRedisUrl } from '../../../pipeline/store/redis/address';
import { openRedisStore } from '../../../pipeline/store/redis';
import { describeWithRedis, TestRedis } from '../../support/redis-server';
import { itKeepsTheContract } from './conformance';

/** Generous: these tests share their machine. */
const timeoutMs = 20_000;

describeWithRedis('a Redis store', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis.dispose());

  let places = 0;
  itKeepsTheContract({
    kind: 'redis',
    durable: true,
    newPlace: () => {
      const address = addressOf(`${redis.url}?prefix=place-${places++}`);
      return Promise.resolve({
        open: (now) => openRedisStore({ address, timeoutMs, now }),
        dispose: () => Promise.resolve(),
      });
    },
  });
});

function addressOf(url: string) {
  const address = readRedisUrl(url);
  if (typeof address === 'string') throw new Error(address);
  return address;
}
