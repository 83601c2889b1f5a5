import { crashPoints } from '../../scripts/crash/points';
import { crash } from '../../scripts/crash/rounds';
import { describeWithRedis, TestRedis } from '../support/redis-server';

// Starting a process from its sources takes seconds where others use the processor too.
jest.setTimeout(300_000);

describeWithRedis('on Redis', () => {
  it('after kill -9 between any two states nothing is sent twice, no success is lost, and doubt stays doubt', async () => {
    const redis = await TestRedis.start();
    try {
      const { violations, rows } = await crash({ storeUrl: redis.url, rounds: crashPoints.length, seed: 4 });
      expect(violations).toEqual([]);
      expect([...rows.keys()]).toEqual(crashPoints);
    } finally {
      await redis.dispose();
    }
  });
});
