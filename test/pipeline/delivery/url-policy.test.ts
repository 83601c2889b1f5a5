import { isIPv6 } from 'node:net';
import { urlFault } from '../../../pipeline/delivery/url-policy';
import { forbiddenAddresses, publicAddresses } from '../support/forbidden-addresses';

const nothing = { allowLoopback: false, allowPrivateNetwork: false };
const loopback = { allowLoopback: true, allowPrivateNetwork: false };
const everything = { allowLoopback: false, allowPrivateNetwork: true };

const urlOf = (address: string) => `https://${isIPv6(address) ? `[${address}]` : address}/hook`;

describe('public HTTPS', () => {
  it.each([
    'https://hooks.zapier.com/hooks/catch/1/abc/',
    'https://hooks.zapier.com:443/hooks/catch/1/abc/?a=b',
    'HTTPS://Hooks.Zapier.COM/',
    'https://hook.eu1.make.com/x',
    'https://a_b.example.com/',
    'https://1.example.com/',
    'https://bücher.example/',
    'https://xn--bcher-kva.example/',
    'https://例え。テスト/',
    'https://example.com/%2e%2e/@127.0.0.1',
    'https://example.com/?@127.0.0.1',
    'https://127.0.0.1.example.com/',
    'https://localhost.example.com/',
    'https://example.com/#169.254.169.254',
    ...publicAddresses.map(urlOf),
  ])('may be at %s', (url) => {
    expect(urlFault(url, nothing)).toBeUndefined();
  });
});

const noUrl = /^is no URL$/;
const scheme = /^must begin with https:$/;
const unclear = /^must have its host right after/;
const blank = /^must not contain blanks, backslashes or control characters$/;
const named = /^must not contain a user name or password$/;
const noHost = /^has no proper host name/;
const clear = /^must begin with https: outside of loopback/;

describe('refused whatever is allowed', () => {
  it.each<[string, RegExp]>([
    ['', noUrl],
    ['/hooks', noUrl],
    ['hooks.zapier.com/x', noUrl],
    ['https://', noUrl],
    ['https://[::1', noUrl],
    ['https://[fe80::1%25eth0]/', noUrl],
    ['https://256.1.1.1/', noUrl],
    ['https://1.2.3.4.5/', noUrl],
    ['https://a%00b/', noUrl],
    ['https://example.com:99999/', noUrl],
    ['https://exa%2fmple.com/', noUrl],
    ['https://example.com%2540@evil.example%00/', noUrl],
    ['ftp://example.com/', scheme],
    ['file:///etc/passwd', scheme],
    ['gopher://127.0.0.1:6379/_FLUSHALL', scheme],
    ['javascript:alert(1)', scheme],
    ['data:text/plain,x', scheme],
    ['ws://example.com/', scheme],
    ['unix:/var/run/docker.sock', scheme],
    ['https:example.com', unclear],
    ['https:/example.com/', unclear],
    ['https:///example.com/', unclear],
    ['https:127.0.0.1/', unclear],
    [' https://example.com/', blank],
    ['https://exa\tmple.com/', blank],
    ['https://example.com\r\nHost: x/', blank],
    ['https://example.com\\@127.0.0.1/', blank],
    ['https:\\\\example.com\\', blank],
    ['https://example.com/\u0000', blank],
    ['https://user:pass@example.com/', named],
    ['https://user@example.com/', named],
    ['https://@example.com/', named],
    ['https://:@example.com/', named],
    ['https://hooks.zapier.com@169.254.169.254/', named],
    ['https://hooks.zapier.com%2f@169.254.169.254/', named],
    ['https://example.com./', noHost],
    ['https://localhost./', noHost],
    ['https://localhost%2e/', noHost],
    ['https://localhost。/', noHost],
    ['https://app.localhost../', noHost],
    ['https://a..example.com/', noHost],
    ['https://.example.com/', noHost],
    ['https://*.zapier.com/', noHost],
    ["https://a'b.example.com/", noHost],
    ['https://a$(id).example.com/', noHost],
    ['http://example.com/', clear],
    ['http://93.184.216.34/', clear],
    ['http://[::ffff:8.8.8.8]/', clear],
  ])('%j', (url, fault) => {
    const allowances = fault === clear ? [everything] : [nothing, loopback, everything];
    for (const allowance of allowances) expect(urlFault(url, allowance)).toMatch(fault);
  });
});

describe('this machine, allowed only where loopback is', () => {
  it.each([
    'http://127.0.0.1:8080/',
    'https://127.8.9.1/',
    'http://localhost/',
    'http://LOCALHOST/',
    'http://app.localhost/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://0x7f.1/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://127.1./',
    'http://2130706433/',
    'http://017700000001/',
    'http://127.0.0.1./',
    'http://%31%32%37.0.0.1/',
    'http://%6cocalhost/',
    'http://127。0。0。1/',
    'http://１２７.0.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://ⓛocalhost/',
    'http://loc\u00adalhost/',
    'http://ｌｏｃａｌｈｏｓｔ/',
  ])('%s', (url) => {
    expect(urlFault(url, nothing)).toMatch(/^leads to this machine; set webhook.allowPrivateNetwork/);
    expect(urlFault(url, loopback)).toBeUndefined();
    expect(urlFault(url, everything)).toBeUndefined();
  });
});

describe('private networks, allowed only where they are', () => {
  it.each([
    'http://10.1.2.3/',
    'https://172.31.0.1/',
    'http://192.168.1.1/',
    'http://192.168.257/',
    'http://169.254.169.254/latest/meta-data',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://169.254.43518/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://100.64.0.1/',
    'http://0/',
    'http://0x/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://n8n:5678/',
    'http://ip6-localhost/',
    'http://localhost.localdomain/',
    'http://printer.local/',
    'http://router.home.arpa/',
    'http://metadata.google.internal/',
  ])('%s', (url) => {
    expect(urlFault(url, nothing)).toMatch(/^leads into a private network; set webhook.allowPrivateNetwork/);
    expect(urlFault(url, loopback)).toMatch(/^leads into a private network/);
    expect(urlFault(url, everything)).toBeUndefined();
  });
});

describe('addresses of no public host, allowed only where private networks are', () => {
  it.each(forbiddenAddresses)('%s: %s', (address) => {
    const url = urlOf(address);
    expect(urlFault(url, nothing)).toMatch(
      /^leads (?:to this machine|into a private network|to an address that no public host has); set webhook.allowPrivateNetwork/,
    );
    expect(urlFault(url, everything)).toBeUndefined();
  });
});

describe('another port', () => {
  it('of a public host needs the host to be named, or private networks', () => {
    const url = 'https://n8n.example.com:8443/webhook/1';
    expect(urlFault(url, nothing)).toMatch(/^has another port than 443; .*webhookHosts/);
    expect(urlFault('https://example.com:0/', nothing)).toMatch(/^has another port than 443/);
    expect(urlFault('https://93.184.216.34:22/', loopback)).toMatch(/^has another port than 443/);
    expect(urlFault(url, { ...nothing, allowedHosts: ['n8n.example.com:8443'] })).toBeUndefined();
    expect(urlFault(url, everything)).toBeUndefined();
  });
});

describe('a list of hosts', () => {
  const listed = { ...nothing, allowedHosts: ['hooks.zapier.com', '[2606:4700::1]', 'xn--bcher-kva.example'] };

  it.each([
    'https://hooks.zapier.com/x',
    'https://HOOKS.zapier.com:443/x',
    'https://[2606:4700:0::1]/',
    'https://bücher.example/',
  ])('lets %s in', (url) => {
    expect(urlFault(url, listed)).toBeUndefined();
  });

  it.each([
    'https://zapier.com/',
    'https://hooks.zapier.com.evil.example/',
    'https://evilhooks.zapier.com/',
    'https://x.hooks.zapier.com/',
    'https://hooks.zapier.com:8443/',
    'https://hooks-zapier.com/',
    'https://hookszapier.com/',
    'https://evil.example/hooks.zapier.com',
    'https://evil.example/?hooks.zapier.com',
    'https://hооks.zapier.com/',
  ])('keeps %s out', (url) => {
    expect(urlFault(url, listed)).toMatch(/^leads to a host that webhookHosts does not name/);
  });

  it('does not allow what is not allowed otherwise, and holds for private networks too', () => {
    const allowedHosts = ['127.0.0.1', 'n8n:5678', 'example.com'];
    expect(urlFault('https://127.0.0.1/', { ...nothing, allowedHosts })).toMatch(/^leads to this machine/);
    expect(urlFault('http://example.com/', { ...nothing, allowedHosts: ['example.com'] })).toMatch(clear);
    expect(urlFault('http://n8n:5678/', { ...everything, allowedHosts })).toBeUndefined();
    expect(urlFault('http://n8n/', { ...everything, allowedHosts })).toMatch(/webhookHosts/);
    expect(urlFault('http://localhost/', { ...loopback, allowedHosts })).toMatch(/webhookHosts/);
  });
});

it('never repeats the URL', () => {
  for (const url of [
    'https://canary.example:8443/',
    'http://canary.example/',
    'https://canary',
    'canary',
    'https://canary..',
  ]) {
    expect(urlFault(url, nothing)).not.toContain('canary');
  }
});
