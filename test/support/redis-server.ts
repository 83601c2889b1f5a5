import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasRedisServer, RedisServer, redisServerHint, type RedisSettings } from '../../scripts/redis-server';

/**
 * Describes what needs a real Redis server. Where there is none to start it is left out, and says how to get one; except
 * in CI, where it fails, so that it is never left out unnoticed.
 */
export function describeWithRedis(name: string, tests: () => void): void {
  if (hasRedisServer()) {
    describe(name, tests);
  } else if (process.env['CI'] === 'true') {
    it(name, () => {
      throw new Error(`${redisServerHint}.`);
    });
  } else {
    process.stderr.write(`Left out: ${name}; ${redisServerHint}.\n`);
    describe.skip(name, tests);
  }
}

/** A server in a directory of its own, for a test. */
export class TestRedis {
  readonly server: RedisServer;
  readonly #directory: string;

  private constructor(server: RedisServer, directory: string) {
    this.server = server;
    this.#directory = directory;
  }

  static async start(settings: RedisSettings = {}): Promise<TestRedis> {
    const directory = await mkdtemp(join(tmpdir(), 'relay-redis-'));
    return new TestRedis(await RedisServer.start(directory, settings), directory);
  }

  get url(): string {
    return this.server.url;
  }

  /** What redis-cli says to a command. */
  ask(...args: readonly string[]): Promise<string> {
    return redisCli(['-p', String(this.server.port), ...args]);
  }

  async dispose(): Promise<void> {
    await this.server.kill();
    await rm(this.#directory, { recursive: true });
  }
}

/** A cluster of three nodes that between them hold all slots. */
export async function startTestCluster(): Promise<{ readonly url: string; readonly nodes: readonly TestRedis[] }> {
  const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000', 'cluster-port': '0' };
  const nodes = await Promise.all([1, 2, 3].map(() => TestRedis.start(settings)));
  const addresses = nodes.map(({ server }) => `127.0.0.1:${server.port}`);
  await redisCli(['--cluster', 'create', ...addresses, '--cluster-yes']);
  for (const node of nodes) {
    while (!(await node.ask('cluster', 'info')).includes('cluster_state:ok')) continue;
  }
  return { url: `redis-cluster://${addresses.join(',')}`, nodes };
}

const cli = spawnSync('redis-cli', ['--version']).status === 0 ? 'redis-cli' : 'valkey-cli';

async function redisCli(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(cli, args);
  return stdout.trim();
}
