import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** What makes a relay one that is called by phone. */
export interface StandInPhone {
  /** Where it is to listen. */
  readonly port: number;
  /** Its origin as the carrier knows it. */
  readonly publicUrl: string;
  /** What stands in its settings as `telephony`. */
  readonly telephony: Readonly<Record<string, unknown>>;
}

/** Brings both up; no setting of this machine counts. @throws Error where one of them does not come up. */
export async function startStandIn(phone?: StandInPhone): Promise<StandIn> {
  const directory = mkdtempSync(join(tmpdir(), 'realtime-relay-'));
  writeFileSync(join(directory, 'relay.config.json'), JSON.stringify(configOf(phone)), { mode: 0o600 });
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
      PORT: String(phone?.port ?? 0),
      STORE_URL: 'memory:',
      LOG_LEVEL: 'info',
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
const limits = { sessionsPerOrg: 100_000, connectsPerSecondPerAddress: 10_000 };

function configOf(phone: StandInPhone | undefined): unknown {
  if (phone === undefined) return { limits };
  const { publicUrl, telephony } = phone;
  return { limits, publicUrl, orgs: { load: { apiKeys: [randomBytes(16).toString('hex')], telephony } } };
}

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
