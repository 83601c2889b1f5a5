import { on } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../../simulator';
import { killCommands, runCommand, startCommand } from '../support/run-cli';

let directory: string;
let simulator: Simulator;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relay-cli-'));
  simulator = await startSimulator({ pace: 'instant', apiKeys: ['sk-canary-key'] });
});
afterEach(async () => {
  killCommands();
  await simulator.close();
  rmSync(directory, { recursive: true });
});

const target = () => `${simulator.url}?model=gpt-realtime-2.1`;
const secret = { REPLAY_TOKEN: 'sk-canary-key' };

/** A log of one typed turn and its answer. */
const log = [
  { type: 'session.created', session: {} },
  {
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] },
  },
  { type: 'response.create' },
  { type: 'response.created', response: {} },
  { type: 'response.done', response: { status: 'completed' } },
];

async function imported(): Promise<string> {
  writeFileSync(join(directory, 'events.jsonl'), log.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const { code, stdout } = await runCommand(['import', 'events.jsonl', '--out', 'call.jsonl'], directory);
  expect(stdout).toContain("call.jsonl: 5 events, 2 of them the client's");
  expect(code).toBe(0);
  return 'call.jsonl';
}

describe('replay', () => {
  it('plays what was imported, and reports without the credential', async () => {
    const file = await imported();
    const reports = ['--json', 'report.json', '--html', 'report.html'];
    const played = await runCommand(
      ['replay', file, '--url', target(), '--sessions', '2', ...reports],
      directory,
      secret,
    );
    expect(played.stderr).toBe('');
    expect(played.stdout).toMatch(/first audio after end of turn +2 /);
    expect(played.stdout).toContain('Sessions   2 started: 2 completed');
    expect(played.code).toBe(0);
    const json = readFileSync(join(directory, 'report.json'), 'utf8');
    expect(JSON.parse(json)).toMatchObject({ sessions: { completed: 2 }, measures: { connect: { count: 2 } } });
    const html = readFileSync(join(directory, 'report.html'), 'utf8');
    expect(html).toContain('<svg');
    expect(played.stdout + json + html).not.toContain('canary');
  });

  it('ends with 1 where sessions fail', async () => {
    const { code, stdout } = await runCommand(['replay', await imported(), '--url', target()], directory, {
      REPLAY_TOKEN: 'x',
    });
    expect(stdout).toContain('1 × http_401 invalid_api_key');
    expect(code).toBe(1);
  });

  it('tells of a server that refuses it, and repeats nothing secret of the address', async () => {
    const url = 'ws://user:canary-password@127.0.0.1:1/canary-token-0123456789?key=canary-key#canary-mark';
    const { code, stdout, stderr } = await runCommand(['replay', await imported(), '--url', url], directory);
    expect(stdout).toContain('call to ws://127.0.0.1:1/…');
    expect(stdout).toContain('1 × ECONNREFUSED');
    expect(stdout).not.toContain('bottleneck');
    expect(stdout + stderr).not.toContain('canary');
    expect(code).toBe(1);
  });

  it('leaves nothing behind when it is interrupted while it brings up stand-ins', async () => {
    const standIns = () => readdirSync(directory).filter((name) => name.startsWith('realtime-relay-'));
    const watcher = watch(directory);
    const changes = on(watcher, 'change');
    const running = startCommand(['replay', '--stand-in', '--duration', '10m'], directory, { TMPDIR: directory });
    while (standIns().length === 0) await changes.next();
    running.child.kill('SIGINT');
    expect(await running.exited).toBe(1);
    expect(running.output.stdout).toContain('Note       The run was ended by hand.');
    expect(standIns()).toEqual([]);
    watcher.close();
  });

  it('still reports when it is interrupted', async () => {
    const running = startCommand(
      ['replay', '--url', target(), '--duration', '10m', '--expect', 'none'],
      directory,
      secret,
    );
    await (await simulator.session(0)).waitFor('session.updated');
    running.child.kill('SIGINT');
    expect(await running.exited).toBe(0);
    expect(running.output.stdout).toContain('1 stopped');
    expect(running.output.stdout).toContain('Note       The run was ended by hand.');
  });

  it.each([
    [['--rate', '5'], '--rate: needs --duration'],
    [['--stand-in', '--url', 'ws://127.0.0.1:1'], '--stand-in: goes without --url'],
    [['--url', 'ftp://127.0.0.1'], '--url: must be a URL'],
    [['--url', 'ws://127.0.0.1:1', '--token', 'two words'], '--token: must be visible ASCII characters'],
    [['--url', 'ws://127.0.0.1:1', '--patience', '0s'], '--patience: must be longer than no time at all'],
    [['--url', 'ws://127.0.0.1:1', '--sessions', '0'], 'It must be a whole number from 1 to'],
    [['--carrier', 'twilio', '--workers', '2'], '--workers: is 1 with --carrier'],
    [['--carrier', 'twilio'], '--carrier: the settings have no number of twilio'],
    [['.', '--url', 'ws://127.0.0.1:1'], '.: cannot be read (it is a folder)'],
    [['--duration', 'long'], 'It must be a length of time'],
    [['missing.jsonl', '--url', 'ws://127.0.0.1:1'], 'missing.jsonl: cannot be read (ENOENT)'],
    [['wrong.jsonl', '--url', 'ws://127.0.0.1:1'], 'wrong.jsonl, line 1: is not the header of a recording'],
  ])('ends with 2 and says why when it is used wrongly: %j', async (args, why) => {
    writeFileSync(join(directory, 'wrong.jsonl'), '{"a":1}\n');
    const { code, stderr } = await runCommand(['replay', ...args], directory);
    expect(stderr).toContain(why);
    expect(code).toBe(2);
  });
});

it('import refuses what nobody can replay, and writes nothing', async () => {
  writeFileSync(join(directory, 'empty.log'), 'nothing\n');
  const { code, stderr } = await runCommand(['import', 'empty.log', '--out', 'call.jsonl'], directory);
  expect(stderr).toContain('empty.log: no event of a client is in it.');
  expect(code).toBe(2);
  expect(existsSync(join(directory, 'call.jsonl'))).toBe(false);
});
