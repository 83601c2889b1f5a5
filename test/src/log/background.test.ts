import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

/** Linux has a file that is always full. */
(existsSync('/dev/full') ? it : it.skip)('a full disk keeps no process from running and from ending', () => {
  const script = `
    const { createLogger } = require('./src/log');
    const log = createLogger({ level: 'info', file: '/dev/full' });
    log.info('first');
    const timer = setInterval(() => {
      if (!said) return;
      clearInterval(timer);
      log.info('last');
      process.exit(3);
    }, 10);
    let said = false;
    const { error } = console;
    console.error = (...words) => { error(...words); said = true; };`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', 'ts-node/register', '-e', script], {
    cwd: root,
    encoding: 'utf8',
    timeout: 25_000,
  });
  expect(status).toBe(3);
  expect(stdout).toContain('first');
  expect(stdout).toContain('last');
  expect(stderr).toBe('The log cannot be written to /dev/full (ENOSPC).\n');
});

it('a pipe that nobody reads any more keeps no process from ending, even if that is noticed only then', async () => {
  const script = `
    const { createLogger } = require('./src/log');
    const log = createLogger({ level: 'info' });
    process.once('message', () => {
      log.info('said when nobody listens any more');
      process.exit(3);
    });
    process.send('ready');`;
  const child = spawn(process.execPath, ['-r', 'ts-node/register', '-e', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  child.stdout?.destroy();
  const ended = once(child, 'exit');
  child.send('speak');
  expect(await ended).toEqual([3, null]);
});

it('processes that share a pipe write lines that do not mix, be they many or long', () => {
  const script = `
    const { createLogger } = require('./src/log');
    const log = createLogger({ level: 'info', isShared: true }).child({ from: process.env.FROM });
    for (let line = 0; line < 3000; line += 1) log.info({ line, fill: 'x'.repeat(line % 400) }, 'said');`;
  // What Node itself opens between processes are no pipes. A reader that is late fills this one.
  const shell =
    '(for FROM in a b c; do FROM=$FROM "$NODE" -r ts-node/register -e "$SCRIPT" & done; wait) | (sleep 1; cat)';
  const { stdout } = spawnSync('sh', ['-c', shell], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE: process.execPath, SCRIPT: script },
    maxBuffer: 64 * 1_048_576,
    timeout: 25_000,
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { from: string; line: number });
  for (const from of ['a', 'b', 'c']) {
    expect(lines.filter((line) => line.from === from).map(({ line }) => line)).toEqual(
      Array.from({ length: 3_000 }, (_, nth) => nth),
    );
  }
});

it('writes what was said in the last moment, all of it', () => {
  const script = `
    const { createLogger } = require('./src/log');
    const log = createLogger({ level: 'info' });
    for (let n = 0; n < 5000; n += 1) log.info({ n }, 'line');
    process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ['-r', 'ts-node/register', '-e', script], {
    cwd: root,
    encoding: 'utf8',
    timeout: 25_000,
  });
  const numbers = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly n: number }).n);
  expect(new Set(numbers).size).toBe(5000);
});
