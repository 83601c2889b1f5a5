import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, hasRedisServer, RedisServer, redisServerHint, type RedisSettings } from '../../scripts/redis-server';
import { describeWith } from './describe-with';

/** Describes what needs a real Redis server. */
export function describeWithRedis(name: string, tests: () => void): void {
  describeWith({ isThere: hasRedisServer(), hint: redisServerHint }, name, tests);
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

/** A cluster whose three nodes hold all slots between them. */
export interface TestCluster {
  readonly url: string;
  readonly nodes: readonly TestRedis[];
  dispose(): Promise<void>;
}

export async function startTestCluster(): Promise<TestCluster> {
  // By itself a node takes its port plus 10,000 for the others, which for most free ports is none.
  const busPorts = await Promise.all([freePort(), freePort(), freePort()]);
  const nodes = await Promise.all(
    busPorts.map((port) => TestRedis.start({ 'cluster-enabled': 'yes', 'cluster-port': String(port) })),
  );
  const addresses = nodes.map(({ server }) => `127.0.0.1:${server.port}`);
  const meetings = addresses.map((address, index) => `${address}@${busPorts[index] ?? ''}`);
  await redisCli(['--cluster', 'create', ...meetings, '--cluster-yes']);
  for (const node of nodes) while (!(await node.ask('cluster', 'info')).includes('cluster_state:ok'));
  return {
    url: `redis-cluster://${addresses.join(',')}`,
    nodes,
    dispose: async () => {
      await Promise.all(nodes.map((node) => node.dispose()));
    },
  };
}

const cli = spawnSync('redis-cli', ['--version']).status === 0 ? 'redis-cli' : 'valkey-cli';

async function redisCli(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(cli, args);
  return stdout.trim();
}
