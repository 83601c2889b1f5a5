import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webhookSchema } from '../../src/config/webhook';
import { packageRoot } from '../../src/package-root';
import { Closing } from '../pipeline/support/closing';
import { body, send, webhooks } from '../pipeline/support/webhook';
import { catching } from '../pipeline/support/webhook-catcher';

const text = readFileSync(join(packageRoot, 'docs', 'webhook.md'), 'utf8');

const opened = new Closing();
afterEach(() => opened.all());

const oldSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const newSecret = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;
const atMs = 1_700_000_000_000;

interface Case {
  readonly headers: Readonly<Record<string, unknown>>;
  /** In base64. */
  readonly body: string;
  readonly secret: string;
  readonly nowSeconds: number;
}

/** What a receiver gets from a relay with these secrets. */
async function received(...signingSecrets: string[]): Promise<Omit<Case, 'secret'>> {
  const catcher = await catching(opened)();
  await send(webhooks(opened)(catcher.url, { signingSecrets }, { edge: { nowMs: () => atMs } }));
  const [request] = catcher.requests;
  if (request === undefined) throw new Error('Nothing was received.');
  expect(request.body).toBe(body.toString('utf8'));
  return {
    headers: request.headers,
    body: Buffer.from(request.body).toString('base64'),
    nowSeconds: atMs / 1_000,
  };
}

/** The one snippet of a language, and what calls it with the cases from its input. */
const snippetIn = (language: string): string => {
  const [snippet, another] = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))];
  expect(another).toBeUndefined();
  return snippet?.[1] ?? '';
};

const runners = {
  js: {
    command: process.execPath,
    file: 'verify.mjs',
    calls: `
import { readFileSync } from 'node:fs';
const verdicts = JSON.parse(readFileSync(0, 'utf8')).map(({ headers, body, secret, nowSeconds }) =>
  isFromRelay(headers, Buffer.from(body, 'base64'), secret, nowSeconds));
console.log(JSON.stringify(verdicts));`,
  },
  python: {
    command: 'python3',
    file: 'verify.py',
    calls: `
import json
import sys
print(json.dumps([
    is_from_relay(case["headers"], base64.b64decode(case["body"]), case["secret"], case["nowSeconds"])
    for case in json.load(sys.stdin)
]))`,
  },
};

function verdicts(language: keyof typeof runners, cases: readonly Case[]): unknown {
  const { command, file, calls } = runners[language];
  const directory = mkdtempSync(join(tmpdir(), 'relay-verify-'));
  try {
    writeFileSync(join(directory, file), `${snippetIn(language)}\n${calls}\n`);
    const { stdout, stderr } = spawnSync(command, [join(directory, file)], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const hasPython = spawnSync('python3', ['-c', '"".removeprefix("")']).status === 0;

describe.each(hasPython ? (['js', 'python'] as const) : (['js'] as const))('the snippet in %s', (language) => {
  it('takes what the relay has signed, and nothing that was changed', async () => {
    const request = { ...(await received(oldSecret)), secret: oldSecret };
    const { headers, nowSeconds } = request;
    const signature = String(headers['webhook-signature']);
    const other = Buffer.from('{"intent_id":"0123456789abcdef"}').toString('base64');
    expect(
      verdicts(language, [
        request,
        { ...request, secret: oldSecret.replace('whsec_', '') },
        { ...request, secret: newSecret },
        { ...request, body: other },
        { ...request, headers: { ...headers, 'webhook-id': 'fedcba9876543210' } },
        { ...request, headers: { ...headers, 'webhook-timestamp': String(nowSeconds + 1) } },
        { ...request, headers: { ...headers, 'webhook-signature': signature.replace('v1,', 'v2,') } },
        { ...request, headers: { ...headers, 'webhook-signature': signature.slice(0, -6) } },
        { ...request, headers: { ...headers, 'webhook-signature': 'v1,' } },
        { ...request, headers: { ...headers, 'webhook-signature': '' } },
        { ...request, headers: { ...headers, 'webhook-timestamp': 'now' } },
        { ...request, headers: {} },
      ]),
    ).toEqual([true, true, ...Array<boolean>(10).fill(false)]);
  });

  it('takes nothing that is older than five minutes, or from the future', async () => {
    const request = { ...(await received(oldSecret)), secret: oldSecret };
    const after = (seconds: number) => ({ ...request, nowSeconds: request.nowSeconds + seconds });
    expect(verdicts(language, [after(299), after(-299), after(301), after(-301)])).toEqual([true, true, false, false]);
  });

  it('loses nothing while the secret is changed', async () => {
    const before = await received(oldSecret);
    const between = await received(oldSecret, newSecret);
    const after = await received(newSecret);
    const known = (secret: string) => [before, between, after].map((request) => ({ ...request, secret }));
    expect(verdicts(language, known(oldSecret))).toEqual([true, true, false]);
    expect(verdicts(language, known(newSecret))).toEqual([false, true, true]);
  });
});

it('docs/webhook.md lists every setting with its default', () => {
  const rows = [...text.matchAll(/^\| `([\w.]+)` +\| (.+?) +\| .* \|$/gm)];
  const told = Object.fromEntries(rows.map(([, name = '', value = '']) => [name, value.replaceAll('`', '')]));
  const { breaker, ...others } = webhookSchema.parse({ url: 'https://hooks.example.com/' });
  const flat = {
    ...others,
    ...Object.fromEntries(Object.entries(breaker).map(([name, value]) => [`breaker.${name}`, value])),
  };
  const defaults = Object.entries(flat).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  const names = Object.keys(webhookSchema.shape).filter((name) => name !== 'breaker');
  expect(told).toEqual({
    ...Object.fromEntries(names.map((name) => [name, '–'])),
    ...Object.fromEntries(defaults),
    url: 'required',
  });
});
