import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../package-root';

/** A relay with a stand-in for OpenAI behind it, each in a process of its own, so that they have cores of their own. */
export interface StandIn {
  /** Where the relay listens. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Brings both up; no setting of this machine counts. @throws Error where one of them does not come up. */
export async function startStandIn(): Promise<StandIn> {
  const directory = mkdtempSync(join(tmpdir(), 'realtime-relay-'));
  const children: ChildProcess[] = [];
  const start = async (args: readonly string[], variables: Readonly<Record<string, string>>, ready: RegExp) => {
    const child = spawn(process.execPath, [...runner, ...args], {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '', TS_NODE_PROJECT: join(packageRoot, 'tsconfig.json'), ...variables },
      stdio: ['ignore', 'pipe', 'ignore'],
      // Ctrl-C goes to a whole group of processes, and these shall outlive the sessions.
      detached: true,
    });
    children.push(child);
    return saying(child, ready);
  };
  const close = async () => {
    await Promise.all(children.map(ended));
    rmSync(directory, { recursive: true, force: true });
  };
  const leave = () => children.forEach((child) => child.kill('SIGKILL'));
  process.once('exit', leave);
  try {
    const upstream = await start(['simulate', '--port', '0'], {}, /listening at (\S+)/);
    const variables = {
      OPENAI_API_KEY: 'sk-stand-in',
      OPENAI_REALTIME_URL: upstream,
      PORT: '0',
      STORE_URL: 'memory:',
      LOG_LEVEL: 'info',
      RELAY_CONFIG: limitsFile,
    };
    return { origin: await start(['serve'], variables, /"address":"([^"]+)".*"Relay is listening"/), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs this program, compiled or not as this file is. */
const runner =
  extname(__filename) === '.ts'
    ? ['-r', require.resolve('ts-node/register'), join(packageRoot, 'src/main.ts')]
    : [join(packageRoot, 'dist/src/main.js')];

/** The limits that are there to keep others off do not count here. */
const limitsFile = join(packageRoot, 'assets', 'load', 'stand-in.config.json');

/** The first group of what it says; what else it says is read and forgotten. */
async function saying(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (child.stdout === null) throw new Error('A stand-in has no output.');
  const lines = createInterface({ input: child.stdout });
  const found = Promise.withResolvers<string>();
  lines.on('line', (line) => {
    const match = pattern.exec(line)?.[1];
    if (match !== undefined) found.resolve(match);
  });
  lines.on('close', () => found.reject(new Error('A stand-in did not come up.')));
  return found.promise;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
