import { urlFault } from '../../../pipeline/delivery/url-policy';

const nothing = { allowLoopback: false, allowPrivateNetwork: false };
const loopback = { allowLoopback: true, allowPrivateNetwork: false };
const everything = { allowLoopback: false, allowPrivateNetwork: true };

it('allows public HTTPS', () => {
  expect(urlFault('https://hooks.zapier.com/hooks/catch/1/abc/', nothing)).toBeUndefined();
  expect(urlFault('https://93.184.216.34/', nothing)).toBeUndefined();
});

it.each([
  ['', 'is no URL'],
  ['/hooks', 'is no URL'],
  ['ftp://example.com/', 'must begin with https:'],
  ['file:///etc/passwd', 'must begin with https:'],
  ['https://user:pass@example.com/', 'must not contain a user name or password'],
  ['http://example.com/', 'must begin with https: outside of loopback and private networks'],
])('refuses %j everywhere', (url, fault) => {
  for (const allowance of [nothing, loopback, everything]) expect(urlFault(url, allowance)).toBe(fault);
});

it.each([
  ['http://127.0.0.1:8080/'],
  ['https://127.8.9.1/'],
  ['http://localhost/'],
  ['http://app.localhost./'],
  ['http://[::1]/'],
  ['http://0x7f.1/'],
  ['http://[::ffff:127.0.0.1]/'],
])('allows %s only where loopback is', (url) => {
  expect(urlFault(url, nothing)).toMatch(/^leads to this machine/);
  expect(urlFault(url, loopback)).toBeUndefined();
  expect(urlFault(url, everything)).toBeUndefined();
});

it.each([
  ['http://10.1.2.3/'],
  ['https://172.31.0.1/'],
  ['http://192.168.1.1/'],
  ['http://169.254.169.254/latest/meta-data'],
  ['http://100.64.0.1/'],
  ['http://0.0.0.0/'],
  ['http://[fd00::1]/'],
  ['http://[fe80::1]/'],
  ['http://[::ffff:10.0.0.1]/'],
  ['http://n8n:5678/'],
  ['http://zap.internal/'],
])('allows %s only where private networks are', (url) => {
  expect(urlFault(url, nothing)).toMatch(/^leads into a private network/);
  expect(urlFault(url, loopback)).toMatch(/^leads into a private network/);
  expect(urlFault(url, everything)).toBeUndefined();
});
