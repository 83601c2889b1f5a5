import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The program that serves, Redis or Valkey; undefined where this machine has neither. */
const program = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/** Whether there is a Redis server to start on this machine. */
export const hasRedisServer = (): boolean => program !== undefined;

/** How to get one. */
export const redisServerHint = 'redis-server is not installed (Debian, Ubuntu: apt-get install redis-server)';

/**
 * A Redis server of one's own on a free port, which can be stopped as machines are. Every write is on the disk before it
 * is answered, so that what was answered outlives `kill`.
 */
export class RedisServer {
  readonly #directory: string;
  readonly #settings: RedisSettings;
  readonly #port: number;
  #child: ChildProcess | undefined;

  /**
   * @param directory where it keeps its data; must exist.
   * @param settings of its own, by the names of the configuration file
   */
  static async start(directory: string, settings: RedisSettings = {}): Promise<RedisServer> {
    const server = new RedisServer(directory, settings, await freePort());
    await server.restart();
    return server;
  }

  private constructor(directory: string, settings: RedisSettings, port: number) {
    this.#directory = directory;
    this.#settings = settings;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Stops it where it stands: connections stay, nothing is answered. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Lets it go on. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it as a power cut ends it, frozen or not; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Starts it after `kill`, on the same port and with the same data; resolves when it answers. */
  async restart(): Promise<void> {
    const settings = {
      port: String(this.#port),
      bind: '127.0.0.1',
      dir: this.#directory,
      appendonly: 'yes',
      appendfsync: 'always',
      save: '',
      'maxmemory-policy': 'noeviction',
      ...this.#settings,
    };
    const child = spawn(
      program ?? 'redis-server',
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      {
        stdio: 'ignore',
      },
    );
    this.#child = child;
    while (!(await answers(this.#port, child.pid))) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}.`);
      await sleep(pollMs);
    }
  }
}

export type RedisSettings = Readonly<Record<string, string>>;

/** How often a starting server is asked whether it is up, in milliseconds. */
const pollMs = 20;

/** Whether this very process answers, and not another that was given the same port. */
async function answers(port: number, pid: number | undefined): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\nINFO server\r\n');
    let reply = '';
    for await (const chunk of socket) {
      reply += String(chunk);
      // While it still reads its data it answers -LOADING.
      if (!reply.startsWith('+PONG')) return false;
      if (reply.includes('executable:')) break;
    }
    return reply.includes(`process_id:${pid}\r\n`);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A port that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
