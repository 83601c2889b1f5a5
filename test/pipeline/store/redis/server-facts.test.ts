import { judgeServer } from '../../../../pipeline/store/redis/server-facts';

const info = (facts: Readonly<Record<string, string>>): string =>
  ['# Server', ...Object.entries(facts).map(([name, value]) => `${name}:${value}`), ''].join('\r\n');

const good = { redis_version: '7.0.15', maxmemory_policy: 'noeviction', aof_enabled: '1', cluster_enabled: '0' };

describe('what a server says of itself', () => {
  it.each([
    ['Redis 7.0', good],
    ['a newer Redis', { ...good, redis_version: '10.0.0' }],
    ['Valkey', { ...good, redis_version: '7.2.4', valkey_version: '8.0.1' }],
    ['nothing, because it may not be asked', {}],
  ])('is nothing to speak of: %s', (_what, facts) => {
    expect(judgeServer(info(facts), false)).toEqual([]);
  });

  it('is that it is too old', () => {
    const refusal = refusalOf(info({ ...good, redis_version: '6.2.14' }));
    expect(refusal).toMatchObject({ code: 'store_unusable', message: expect.stringContaining('6.2.14') as string });
  });

  it('is that it is part of a cluster, which is wrong unless the address says so', () => {
    const facts = info({ ...good, cluster_enabled: '1' });
    expect(judgeServer(facts, true)).toEqual([]);
    expect(refusalOf(facts)).toMatchObject({ code: 'store_unusable' });
  });

  it('is that it may forget', () => {
    const warnings = judgeServer(info({ ...good, maxmemory_policy: 'volatile-lru', aof_enabled: '0' }), false);
    expect(warnings).toEqual([expect.stringContaining('volatile-lru'), expect.stringContaining('appendonly')]);
  });
});

function refusalOf(facts: string): unknown {
  try {
    return judgeServer(facts, false);
  } catch (error) {
    return error;
  }
}
