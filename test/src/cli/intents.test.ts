import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../pipeline';
import type { IntentJson } from '../../../src/intents/intent-json';
import { status, WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { putIntent } from '../../pipeline/support/put-intent';
import { book, bookedOrg, bookedTool } from '../support/booked';
import { operatorKey, orgKey } from '../support/relay';
import { killCommands, runCommand, type RunningCommand, startCommand } from '../support/run-cli';

// Commands are started from their sources, which takes seconds where others use the processor too.
jest.setTimeout(120_000);

let directory: string;
const closers: (() => unknown)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relay-intents-'));
});
afterEach(async () => {
  killCommands();
  for (const close of closers.splice(0)) await close();
  rmSync(directory, { recursive: true });
});

const settings = { OPENAI_API_KEY: 'sk-test', RELAY_API_KEY: orgKey, OPERATOR_KEY: operatorKey };
/** A port on which nobody listens: as no port is given, none is tried. */
const nobody = { PORT: '0' };
const intents = (args: readonly string[], variables: Record<string, string> = {}) =>
  runCommand(['intents', ...args], directory, { ...settings, ...nobody, ...variables });

/** A relay in a process of its own, whose webhook fails so that every booking is in doubt. */
async function serve(): Promise<{ relay: RunningCommand; url: string; hook: WebhookCatcher }> {
  const hook = await WebhookCatcher.start(status(500));
  closers.push(() => hook.close());
  const relay = startCommand(['serve'], directory, {
    ...settings,
    ZAPIER_WEBHOOK_URL: hook.url,
    PORT: '0',
    LOG_FILE: 'relay.log',
  });
  await relay.prints('Relay is listening');
  const { address } = JSON.parse(relay.output.stdout.trim().split('\n').at(-1) ?? '') as { readonly address: string };
  return { relay, url: address, hook };
}

const cells = (line: string) => line.split('\t');

describe('at a running relay', () => {
  it('intents are listed, shown and settled, one and many', async () => {
    const { url, hook } = await serve();
    const ids: string[] = [];
    for (const title of ['Canary A', 'Canary B', 'Canary C', 'Canary D']) ids.push((await book(url, title)).id);
    const [first = '', second = ''] = ids;

    const listed = await intents(['list', '--url', url]);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout.trim().split('\n').map(cells)).toEqual(
      ids.map((id) => [
        'UNKNOWN',
        expect.stringMatching(/Z$/) as string,
        bookedOrg,
        bookedTool,
        id,
        '1',
        'http_500',
        'confirm,reject,resend',
      ]),
    );
    const few = await intents([
      'list',
      '--url',
      url,
      '--limit',
      '2',
      '--json',
      '--org',
      bookedOrg,
      '--newer-than',
      '1h',
    ]);
    expect((JSON.parse(few.stdout) as IntentJson[]).map(({ intent_id: id }) => id)).toEqual(ids.slice(0, 2));
    expect(few.stderr).toContain('There are more');

    const confirmed = await intents(['confirm', bookedOrg, bookedTool, first, '--url', url]);
    expect(confirmed).toMatchObject({ code: 0, stdout: `${bookedOrg} ${bookedTool} ${first}: CONFIRMED\n` });
    const again = await intents(['confirm', bookedOrg, bookedTool, first, '--url', url]);
    expect(again).toMatchObject({ code: 0, stdout: `${bookedOrg} ${bookedTool} ${first}: CONFIRMED already\n` });
    const impossible = await intents(['reject', bookedOrg, bookedTool, first, '--url', url]);
    expect(impossible).toMatchObject({ code: 1, stdout: '' });
    expect(impossible.stderr).toContain('The intent is CONFIRMED');

    hook.answers = [status(200)];
    const resent = await intents(['resend', bookedOrg, bookedTool, second, '--url', url]);
    expect(resent).toMatchObject({ code: 0, stdout: `${bookedOrg} ${bookedTool} ${second}: ACCEPTED\n` });
    const shown = await intents(['show', bookedOrg, bookedTool, second, '--url', url]);
    expect(shown.stdout).toMatch(/claim 2\n.*RESERVED +by operator\n.*SENDING +by operator\n.*ACCEPTED +by operator/);

    const many = await intents(['reject', '--all', '--state', 'UNKNOWN', '--yes', '--url', url]);
    expect(many).toMatchObject({ code: 0, stderr: '' });
    expect(many.stdout.trim().split('\n').sort()).toEqual(
      ['2 intents: 2 rejected.', ...ids.slice(2).map((id) => `${bookedOrg} ${bookedTool} ${id}: REJECTED`)].sort(),
    );
    expect((await intents(['list', '--url', url, '--state', 'UNKNOWN'])).stdout).toBe('');

    const log = readFileSync(join(directory, 'relay.log'), 'utf8');
    expect(log.match(/"Intent changed by the operator"/g)).toHaveLength(4);
    const all = [listed, few, shown, many].map(({ stdout }) => stdout).join('\n') + log;
    expect([...all.matchAll(/canary|2024-12-20T|hooks\/catch/gi)]).toEqual([]);
  });

  it('what some of many come to is told, with exit code 1', async () => {
    const { url } = await serve();
    for (const title of ['A', 'B']) await book(url, title);
    const resent = await intents(['resend', '--all', '--state', 'UNKNOWN', '--yes', '--url', url]);
    expect(resent.code).toBe(1);
    expect(resent.stdout).toContain('tried, but it is UNKNOWN (http_500).');
    expect(resent.stdout).toContain('2 intents: 2 failed.');
  });

  it('the file is not opened beside it: the relay is asked, or named', async () => {
    const { url } = await serve();
    const { id } = await book(url);
    const unnamed = await intents(['confirm', bookedOrg, bookedTool, id]);
    expect(unnamed.code).toBe(1);
    expect(unnamed.stderr).toMatch(
      /^A relay has the file .*relay\.db open, but none answers at .*: name it with --url\.\n$/,
    );
    const own = await intents(['confirm', bookedOrg, bookedTool, id], { PORT: new URL(url).port });
    expect(own).toMatchObject({ code: 0, stdout: `${bookedOrg} ${bookedTool} ${id}: CONFIRMED\n` });
  });

  it('a wrong key is told as such', async () => {
    const { url } = await serve();
    const refused = await intents(['list', '--url', url], { OPERATOR_KEY: 'wrong-key-0123456789' });
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: 'The credential is not valid here.\n' });
  });
});

describe('where no relay runs', () => {
  /** Leaves intents in the file that the settings name. */
  async function leave(count: number): Promise<string[]> {
    const store = await openStore(`sqlite:${join(directory, 'data', 'relay.db')}`);
    const ids = Array.from({ length: count }, (_none, index) => `intent-${String(index).padStart(4, '0')}`);
    const body = '{"attendee_email":"canary@example.com"}';
    for (const intentId of ids) {
      await putIntent(store, 'UNKNOWN', { orgId: 'org_demo_001', tool: 'create_appointment', intentId }, { body });
    }
    await store.close();
    return ids;
  }

  it('intents are settled in the file itself, each with a line on record', async () => {
    const [id = ''] = await leave(1);
    const listed = await intents(['list', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ intent_id: id, state: 'UNKNOWN' }]);
    const confirmed = await intents(['confirm', 'org_demo_001', 'create_appointment', id]);
    expect(confirmed.stdout).toBe(`org_demo_001 create_appointment ${id}: CONFIRMED\n`);
    const line = {
      by: 'operator',
      intentId: id,
      from: 'UNKNOWN',
      to: 'CONFIRMED',
      msg: 'Intent changed by the operator',
    };
    expect(JSON.parse(confirmed.stderr)).toMatchObject(line);
    expect(confirmed.code).toBe(0);

    const again = await intents(['confirm', 'org_demo_001', 'create_appointment', id], { LOG_FILE: 'logs/relay.log' });
    expect(again).toMatchObject({ code: 0, stderr: '' });
    const rejected = await intents(['reject', 'org_demo_001', 'create_appointment', id], {
      LOG_FILE: 'logs/relay.log',
    });
    expect(rejected.code).toBe(1);
    const shown = await intents(['show', 'org_demo_001', 'create_appointment', id]);
    expect(shown.stdout).toMatch(/^state +CONFIRMED/m);
    expect(listed.stdout + shown.stdout + confirmed.stdout + confirmed.stderr).not.toContain('canary');
  });

  it('nothing can be resent, and the way out is told', async () => {
    const [id = ''] = await leave(1);
    const resent = await intents(['resend', 'org_demo_001', 'create_appointment', id]);
    expect(resent).toMatchObject({ code: 1, stdout: '' });
    expect(resent.stderr).toContain('start one on this store ("realtime-relay serve"), then resend');
  });

  it('several hundred are settled in one go', async () => {
    await leave(400);
    const variables = { LOG_FILE: 'audit.log' };
    const some = await intents(['confirm', '--all', '--state', 'UNKNOWN', '--limit', '50', '--yes'], variables);
    expect(some.stdout).toContain('50 intents: 50 confirmed.');
    const rest = await intents(['reject', '--all', '--state', 'UNKNOWN', '--yes'], variables);
    expect(rest).toMatchObject({ code: 0, stderr: '' });
    expect(rest.stdout).toContain('350 intents: 350 rejected.');
    const lines = readFileSync(join(directory, 'audit.log'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(400);
    const none = await intents(['reject', '--all', '--state', 'UNKNOWN', '--yes'], variables);
    expect(none).toMatchObject({ code: 0, stdout: 'There is nothing to do.\n' });
  });

  it('no file is made where there is none', async () => {
    const { code, stderr } = await intents(['list']);
    expect(code).toBe(1);
    expect(stderr).toContain('there is no file ./data/relay.db (STORE_URL)');
    expect(existsSync(join(directory, 'data'))).toBe(false);
  });

  it('a memory store has nothing to show', async () => {
    const { code, stderr } = await intents(['list'], { STORE_URL: 'memory:' });
    expect(code).toBe(1);
    expect(stderr).toContain('with STORE_URL memory: nothing outlives one');
  });

  it('a relay that was named is not replaced by the file', async () => {
    await leave(1);
    const { code, stderr } = await intents(['list', '--url', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^http:\/\/127\.0\.0\.1:9 did not answer/);
  });
});

describe('used wrongly, it says how and ends with 2:', () => {
  it.each([
    [['list', '--older-than', '5x'], '--older-than: must be a length of time'],
    [['confirm', '--all', '--state', 'UNKNOWN'], '--yes: is required with --all where nobody can be asked'],
    [['forget'], "unknown command 'forget'"],
  ])('intents %j', async (args, words) => {
    const { code, stdout, stderr } = await intents(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});

it('Ctrl-C lets what is under way end, begins nothing more, and tells how it stands', async () => {
  const page = {
    intents: Array.from({ length: 40 }, (_none, index) => intentNamed(`i${index}`, 'UNKNOWN')),
    next: null,
  };
  const held: ServerResponse[] = [];
  const all = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') response.end(JSON.stringify(page));
    else held.push(response);
    if (held.length === 8) all.resolve(undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  closers.push(() => server.closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const args = ['intents', 'confirm', '--all', '--state', 'UNKNOWN', '--yes', '--url', url];
  const command = startCommand(args, directory, settings);
  await all.promise;
  const answer = () => JSON.stringify({ changed: true, intent: intentNamed('x', 'CONFIRMED') });
  held[0]?.end(answer());
  await command.prints('CONFIRMED');
  command.child.kill('SIGINT');
  const drain = setInterval(() => held.forEach((response) => response.writableEnded || response.end(answer())), 20);
  const code = await command.exited;
  clearInterval(drain);
  expect(code).toBe(1);
  const [, done = '', left = ''] =
    /40 intents: (\d+) confirmed, (\d+) left as they were\./.exec(command.output.stdout) ?? [];
  expect(Number(done) + Number(left)).toBe(40);
  expect(Number(done)).toBe(held.length);
});

const intentNamed = (id: string, state: string) => ({
  org_id: 'acme',
  tool_name: 'tool',
  intent_id: id,
  state,
  fence: 1,
  attempts: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  can: ['confirm'],
  history: [],
});
