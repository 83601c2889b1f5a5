import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Simulator, startSimulator } from '../../simulator';

const root = join(__dirname, '../..');
const key = 'key-0123456789';

/** Long enough for all connections to be open before the first is closed, in milliseconds. */
const patienceMs = 15_000;

/** A relay in a process of its own, so that its memory is its own, and a stand-in for OpenAI here. */
export class QuietRelay {
  private constructor(
    private readonly child: ChildProcess,
    private readonly simulator: Simulator,
    private readonly directory: string,
    readonly url: URL,
  ) {}

  static async start(): Promise<QuietRelay> {
    const simulator = await startSimulator({ pace: 'instant' });
    const directory = mkdtempSync(join(tmpdir(), 'relay-silence-'));
    const limits = {
      handshakeMs: patienceMs,
      idleMs: patienceMs,
      connectsPerSecondPerAddress: 1_000_000,
      sessionsPerOrg: 100_000,
    };
    writeFileSync(join(directory, 'relay.config.json'), JSON.stringify({ limits }));
    const child = spawn(process.execPath, ['-r', 'ts-node/register', join(root, 'src/main.ts'), 'serve'], {
      cwd: directory,
      env: {
        NODE_PATH: join(root, 'node_modules'),
        TS_NODE_PROJECT: join(root, 'tsconfig.json'),
        OPENAI_API_KEY: 'sk-none',
        OPENAI_REALTIME_URL: simulator.url,
        RELAY_API_KEY: key,
        STORE_URL: 'memory:',
        LOG_LEVEL: 'info',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new QuietRelay(child, simulator, directory, await addressOf(child));
  }

  /** The request of a client that is let in, as it stands on the wire. */
  get upgradeRequest(): string {
    const lines = [
      `GET /v1/realtime HTTP/1.1`,
      `host: ${this.url.host}`,
      `authorization: Bearer ${key}`,
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${Buffer.alloc(16, 1).toString('base64')}`,
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  get key(): string {
    return key;
  }

  /** Bytes of memory the process has now. */
  async memory(): Promise<number> {
    return this.#metric('process_resident_memory_bytes');
  }

  async sessions(): Promise<number> {
    return this.#metric('relay_sessions{org="org_demo_001"}');
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
    await this.simulator.close();
    rmSync(this.directory, { recursive: true });
  }

  async #metric(name: string): Promise<number> {
    const text = await (await fetch(new URL('/metrics', this.url))).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  }
}

/** Waits for the line of the log that says where it listens, and reads on, so that the pipe never fills. */
async function addressOf({ stdout }: ChildProcess): Promise<URL> {
  if (stdout === null) throw new Error('The relay has no output.');
  const lines = createInterface(stdout);
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const address = /"address":"([^"]+)"/.exec(line)?.[1];
      if (address !== undefined) resolve(new URL(address));
    });
    lines.on('close', () => reject(new Error('The relay ended before it listened.')));
  });
}
