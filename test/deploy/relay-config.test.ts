import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf } from './support/files';

describe('the settings that the relays of docker-compose.yml share', () => {
  let directory = '';

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-shared-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  /** What a relay reads there, in a process of its own. */
  async function read(variables: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const script = `console.log(JSON.stringify(require(${JSON.stringify(pathOf('deploy/relay/relay.config.js'))})))`;
    const env = { SHARED_DIR: directory, ...variables };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
    return JSON.parse(stdout);
  }

  it('has secrets that the first relay makes and all others find', async () => {
    const all = await Promise.all([read(), read(), read(), read()]);
    const [first] = all;
    expect(first).toMatchObject({
      operatorKey: expect.stringMatching(/^[\w-]{43}$/) as string,
      relayTokenSecret: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
    expect(all).toEqual([first, first, first, first]);
    expect(await read()).toEqual(first);
    expect((await readdir(directory)).sort()).toEqual(['operator-key', 'token-secret']);
  });

  it('takes secrets that were set, and leaves them where Prometheus looks', async () => {
    await read();
    const secrets = await read({ OPERATOR_KEY: 'own-key' });
    expect(secrets).toMatchObject({ operatorKey: 'own-key' });
    expect(await readFile(join(directory, 'operator-key'), 'utf8')).toBe('own-key');
  });
});
