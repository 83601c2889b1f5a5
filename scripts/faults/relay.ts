import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type History, type Life } from './history';
import { lifeHeader } from './hook';
import { keyOf, type Org, orgs } from './orgs';

const root = join(__dirname, '../..');

/** What all relays of a run have in common. */
export interface RelaySite {
  /** Where they run and leave their log lines: one file for each life. */
  readonly directory: string;
  /** The relay's main file, compiled or not. */
  readonly main: string;
  readonly storeUrl: string;
  readonly hookUrls: Readonly<Record<Org, string>>;
  readonly history: History;
}

/** How long a call may take, in milliseconds: far more than a busy machine takes for one whose webhook answers. */
export const deadlineMs = 5_000;

/** A relay that runs. */
export interface Running {
  readonly life: Life;
  /** Such as `http://127.0.0.1:8000`. */
  readonly url: string;
}

/** One relay, which is started again whenever it was killed. */
export class Relay {
  readonly #name: string;
  readonly #site: RelaySite;
  #lives = 0;
  #child: ChildProcess | undefined;
  #running: Running | undefined;
  #isOver = false;

  constructor(number: number, site: RelaySite) {
    this.#name = `relay ${number + 1}`;
    this.#site = site;
  }

  /** Undefined while it is down. */
  get running(): Running | undefined {
    return this.#running;
  }

  /** Starts it, again and again where it finds no store to work with; resolves when it listens. */
  async start(): Promise<void> {
    while (!this.#isOver && !(await this.#live())) await sleep(restartMs);
  }

  /** Ends it as `kill -9` does; resolves when it is gone. */
  async kill(): Promise<void> {
    const [child, running] = [this.#child, this.#running];
    if (child === undefined || running === undefined) return;
    const { history } = this.#site;
    history.add({ kind: 'injected', what: 'relay_kill', life: running.life });
    this.#running = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    history.add({ kind: 'injected', what: 'relay_gone', life: running.life });
  }

  /** Asks it to end in peace; resolves when it is gone. */
  async stop(): Promise<void> {
    const [child, running] = [this.#child, this.#running];
    if (child === undefined || running === undefined) return;
    this.#running = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    this.#site.history.add({ kind: 'injected', what: 'relay_stop', life: running.life, exitCode: child.exitCode });
  }

  /** Ends it for good, whatever it is doing; resolves when it is gone. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#running = undefined;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** One life, until it listens. False if it never came so far. */
  async #live(): Promise<boolean> {
    this.#lives += 1;
    const life = `${this.#name}, life ${this.#lives}`;
    const { history, directory } = this.#site;
    const child = spawnRelay(this.#site, life);
    this.#child = child;
    child.stdout?.pipe(createWriteStream(join(directory, `${life}.log`)));
    const url = await addressOf(child);
    history.add({ kind: 'injected', what: url === undefined ? 'relay_not_up' : 'relay_up', life });
    if (url === undefined) return false;
    this.#running = { life, url };
    child.once('exit', (exitCode) => {
      if (this.#running?.life !== life) return;
      this.#running = undefined;
      history.add({ kind: 'injected', what: 'relay_ended_by_itself', life, exitCode });
    });
    return true;
  }
}

/** The pause before a relay that could not start is started again, in milliseconds. */
const restartMs = 200;

/** Writes the settings that all relays of the site are started with. */
export function writeSettings({ directory, hookUrls }: RelaySite): void {
  const limits = { httpInFlightPerOrg: 100_000, connectsPerSecondPerAddress: 100_000, drainMs: 1_000 };
  const settingsOf = (org: Org) => ({
    apiKeys: [keyOf(org)],
    webhook: {
      url: hookUrls[org],
      headers: { [lifeHeader]: '${LIFE}' },
      deadlineMs,
      maxConcurrent: 500,
      defer: org === 'org_defers',
      deduplicates: org === 'org_deduplicates',
    },
  });
  const settings = { limits, orgs: Object.fromEntries(orgs.map((org) => [org, settingsOf(org)])) };
  writeFileSync(join(directory, 'relay.config.json'), JSON.stringify(settings, undefined, 2));
}

function spawnRelay({ directory, main, storeUrl }: RelaySite, life: Life): ChildProcess {
  const preloads = extname(main) === '.ts' ? ['-r', require.resolve('ts-node/register')] : [];
  return spawn(process.execPath, [...preloads, main, 'serve'], {
    cwd: directory,
    env: {
      TS_NODE_PROJECT: join(root, 'tsconfig.json'),
      OPENAI_API_KEY: 'sk-none',
      RELAY_TOKEN_SECRET: 'the same for all the relays of a run',
      STORE_URL: storeUrl,
      PORT: '0',
      LIFE: life,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Where it listens, as its log tells; undefined if it ends before. */
async function addressOf(child: ChildProcess): Promise<string | undefined> {
  let said = '';
  return new Promise((resolve) => {
    const hear = (text: Buffer) => {
      said += text.toString();
      const address = /"address":"([^"]+)".*"Relay is listening"/.exec(said)?.[1];
      if (address === undefined) return;
      child.stdout?.off('data', hear);
      resolve(address);
    };
    child.stdout?.on('data', hear);
    child.once('exit', () => resolve(undefined));
  });
}
