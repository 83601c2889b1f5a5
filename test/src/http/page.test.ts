import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningRelay } from '../../../src/server';
import { configWith, startTestRelay, stopRelays } from '../support/relay';
import { rawRequest } from '../support/raw-http';

const folder = mkdtempSync(join(tmpdir(), 'relay-page-'));
const html = '<!doctype html><html lang="en"><title>Page</title></html>';

beforeAll(() => {
  const page = join(folder, 'page');
  mkdirSync(join(page, 'voices'), { recursive: true });
  writeFileSync(join(page, 'index.html'), html);
  writeFileSync(join(page, 'page.js'), 'export {};');
  writeFileSync(join(page, 'page.css'), 'body {}');
  writeFileSync(join(page, 'page.js.map'), 'not for anybody');
  writeFileSync(join(page, 'voices', 'booking.wav'), 'RIFF');
  writeFileSync(join(folder, 'secret.json'), '{}');
  symlinkSync(join(folder, 'secret.json'), join(page, 'link.json'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(stopRelays);

const startWith = (change: { folder?: string; isDemo?: boolean } = {}): Promise<RunningRelay> =>
  startTestRelay(configWith({}, { page: { folder: join(folder, 'page'), isDemo: false, ...change } }));

describe('the page', () => {
  it('is served with its files, each as what it is', async () => {
    const { url } = await startWith();
    const kinds = await Promise.all(
      ['/', '/page.js', '/page.css', '/voices/booking.wav'].map(async (path) => {
        const response = await fetch(url + path);
        return [response.status, response.headers.get('content-type')];
      }),
    );
    expect(kinds).toEqual([
      [200, 'text/html; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
      [200, 'text/css; charset=utf-8'],
      [200, 'audio/wav'],
    ]);
    expect(await (await fetch(url)).text()).toBe(html);
  });

  it('may run nothing but its own files, reach nothing but its relay, and stand in no other page', async () => {
    const { url } = await startWith();
    const { headers } = await fetch(url);
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy?.join()).not.toMatch(/unsafe|\*|data:|blob:/);
    expect(headers.get('permissions-policy')).toContain('microphone=(self)');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('is sent again only where it has changed', async () => {
    const { url } = await startWith();
    const { headers } = await fetch(url);
    const etag = String(headers.get('etag'));
    expect(headers.get('cache-control')).toBe('no-cache');
    const ask = (condition: string) => fetch(url, { headers: { 'if-none-match': condition } });
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await ask(known);
      expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([304, '', etag]);
      expect(response.headers.get('content-security-policy')).not.toBeNull();
    }
    expect((await ask('"other"')).status).toBe(200);
  });

  it('answers HEAD as it answers GET, without the content', async () => {
    const { url } = await startWith();
    const response = await fetch(url, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(html.length)]);
    expect(response.headers.get('etag')).toBe((await fetch(url)).headers.get('etag'));
  });

  it.each([
    '/page.js.map',
    '/link.json',
    '/secret.json',
    '/../secret.json',
    '/voices/../../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/voices',
    '/voices/',
    '//page.js',
    '/page.js%00',
    '/index.html',
  ])('is nothing else: %s is not found', async (path) => {
    const { port } = await startWith();
    const { status } = await rawRequest(port, `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`);
    expect(status).toBe(404);
  });

  it('is for reading only', async () => {
    const { url } = await startWith();
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  });

  it('is marked in the demo, with an ETag of its own', async () => {
    const [plain, demo] = await Promise.all([
      fetch((await startWith()).url),
      fetch((await startWith({ isDemo: true })).url),
    ]);
    expect(await demo.text()).toBe(html.replace('<html', '<html data-demo'));
    expect(demo.headers.get('etag')).not.toBe(plain.headers.get('etag'));
  });

  it('says how it is built where it is not', async () => {
    const { url } = await startWith({ folder: join(folder, 'nowhere') });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toContain('npm run build');
    expect((await fetch(`${url}/page.js`)).status).toBe(404);
  });
});
