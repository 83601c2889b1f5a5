import cluster from 'node:cluster';
import { loggerTo } from '../../../src/log';
import { Primary } from '../../../src/workers/primary';
import { configWith } from '../support/relay';

afterEach(() => cluster.setupPrimary({ cwd: process.cwd() }));

it('a worker that cannot even be started has ended', async () => {
  cluster.setupPrimary({ cwd: '/nowhere' });
  const lines: string[] = [];
  const primary = new Primary({
    config: configWith({ STORE_URL: 'redis://127.0.0.1:1', RELAY_TOKEN_SECRET: 'r'.repeat(32), WORKERS: '2' }),
    log: loggerTo({ write: (line) => void lines.push(line) }),
    onListening: () => undefined,
  });
  expect(await primary.ended).toBe(1);
  expect(lines.join('')).toMatch(/"worker":1.*"Worker cannot be started"/);
});
