import { isRedisUrl, readRedisUrl, redisUrlFault } from '../../../../pipeline/store/redis/address';

const single = { kind: 'single', isTls: false, database: 0, prefix: 'relay' };

describe('the address of a Redis store', () => {
  it.each<[string, object]>([
    ['redis://h', { ...single, nodes: [{ host: 'h', port: 6379 }] }],
    ['redis://h:1/', { ...single, nodes: [{ host: 'h', port: 1 }] }],
    ['rediss://h.example:7000/3', { ...single, isTls: true, database: 3, nodes: [{ host: 'h.example', port: 7000 }] }],
    ['redis://[::1]:7000', { ...single, nodes: [{ host: '::1', port: 7000 }] }],
    ['redis://:p%40ss@h', { ...single, password: 'p@ss', nodes: [{ host: 'h', port: 6379 }] }],
    ['redis://me:a:b@h', { ...single, username: 'me', password: 'a:b', nodes: [{ host: 'h', port: 6379 }] }],
    ['redis://h?prefix=acme.1', { ...single, prefix: 'acme.1', nodes: [{ host: 'h', port: 6379 }] }],
    [
      'rediss-cluster://me:x@a:1,b:2',
      {
        ...single,
        kind: 'cluster',
        isTls: true,
        username: 'me',
        password: 'x',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
  ])('%s is understood', (url, address) => {
    expect(isRedisUrl(url)).toBe(true);
    expect(readRedisUrl(url)).toEqual(address);
    expect(redisUrlFault(url)).toBeUndefined();
  });

  it.each([
    ['redis:', /^must be redis:/],
    ['redis://', /^must be redis:/],
    ['redis://secret-a@secret-b@h', /^must be redis:/],
    ['redis://h:0', /^holds a host or a port/],
    ['redis://h:65536', /^holds a host or a port/],
    ['redis-cluster://a,,b', /^holds a host or a port/],
    ['redis://a,b', /^names several servers.*redis-cluster/],
    ['redis://h/secret', /^has a path/],
    ['redis://h/-1', /^has a path/],
    ['redis-cluster://h/1', /^names a database/],
    ['redis://h?secret=1', /^has a parameter/],
    ['redis://h?prefix={secret}', /^has a prefix/],
    ['redis://h?prefix=', /^has a prefix/],
    ['redis://secret%:x@h', /^has a user or a password/],
  ])('%s is none, and is not repeated', (url, fault) => {
    expect(redisUrlFault(url)).toMatch(fault);
    expect(redisUrlFault(url)).not.toContain('secret');
  });
});
