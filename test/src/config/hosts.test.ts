import { hostNameOf, isLoopbackAddress, isLoopbackHost, isPrivateHost } from '../../../src/config/hosts';

it.each(['localhost', 'LOCALHOST', 'relay.localhost', '127.0.0.1', '127.255.0.3', '::1', '[::1]', '::ffff:127.0.0.1'])(
  '%s is this machine',
  (host) => {
    expect(isLoopbackHost(host)).toBe(true);
    expect(isPrivateHost(host)).toBe(true);
  },
);

it.each([
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.1.1',
  '[fd00::1]',
  'fe80::1',
  '0.0.0.0',
  '::',
  'redis',
])('%s is in the own network, but not this machine', (host) => {
  expect(isLoopbackHost(host)).toBe(false);
  expect(isPrivateHost(host)).toBe(true);
});

it.each([
  '8.8.8.8',
  '172.32.0.1',
  'api.openai.com',
  'localhost.example.com',
  '127.0.0.1.example.com',
  '224.0.0.1',
  '[::ffff:8.8.8.8]',
  '[2002:7f00:1::]',
])('%s is neither', (host) => {
  expect(isLoopbackHost(host)).toBe(false);
  expect(isPrivateHost(host)).toBe(false);
});

it('knows the addresses of sockets, and no names', () => {
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].every(isLoopbackAddress)).toBe(true);
  expect(['localhost', '', undefined, '10.0.0.1', '::ffff:10.0.0.1'].some(isLoopbackAddress)).toBe(false);
});

it.each([
  ['127.0.0.1:8000', '127.0.0.1'],
  ['[::1]:8000', '[::1]'],
  ['Example.COM', 'example.com'],
  ['user@127.0.0.1', undefined],
  ['127.0.0.1/x', undefined],
  ['a b', undefined],
  ['', undefined],
  [undefined, undefined],
])('finds the name in the Host header %p: %p', (header, name) => {
  expect(hostNameOf(header)).toBe(name);
});
