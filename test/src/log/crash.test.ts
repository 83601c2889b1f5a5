import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

/** Runs a few lines in a process that logs its crashes. */
function crash(lines: string) {
  const script = `
    const { createLogger } = require('./src/log');
    const { logCrashes } = require('./src/log/crash');
    logCrashes(createLogger({ level: 'info' }));
    ${lines}`;
  return spawnSync(process.execPath, ['-r', 'ts-node/register', '-e', script], { cwd: root, encoding: 'utf8' });
}

it.each([
  ['an error nobody caught', `setTimeout(() => { throw new Error('canary'); })`, 'Error', 'uncaughtException'],
  ['a rejection nobody caught', `Promise.reject(new RangeError('canary'))`, 'RangeError', 'unhandledRejection'],
  ['something that is no error', `Promise.reject('canary')`, 'TypeError', 'unhandledRejection'],
])('makes %s the last line of the log, without its message', (_case, lines, type, origin) => {
  const { status, stdout, stderr } = crash(lines);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ level: 'fatal', msg: 'Crashed', origin, err: { type } });
  expect(stdout + stderr).not.toContain('canary');
});
