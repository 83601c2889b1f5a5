import { spawnSync } from 'node:child_process';
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
