import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ComposeCommand } from './engine';

const root = join(__dirname, '../..');

/** The relays of docker-compose.yml. */
export const relayNames = ['relay-a', 'relay-b', 'relay-c'] as const;

export type RelayName = (typeof relayNames)[number];

/** The set-up of docker-compose.yml with what the test puts over it, under a name of its own. */
export class Project {
  readonly #compose: ComposeCommand;
  readonly #environment: NodeJS.ProcessEnv;

  /** @param values of the variables that the files ask for; those left out are blank, whatever a .env file says. */
  constructor(compose: ComposeCommand, values: Readonly<Record<string, string>>) {
    this.#compose = compose;
    this.#environment = {
      ...process.env,
      ...Object.fromEntries(variablesOf('docker-compose.yml').map((name) => [name, ''])),
      ...values,
      COMPOSE_PROJECT_NAME: 'relay-compose-test',
      COMPOSE_FILE: ['docker-compose.yml', 'scripts/compose/docker-compose.test.yml'].join(':'),
      // The classic builder finds stand-ins of base images without asking a registry.
      ...(this.#isOld ? { DOCKER_BUILDKIT: '0' } : {}),
    };
  }

  get #isOld(): boolean {
    return this.#compose.length === 1;
  }

  /** Runs a command of Compose, such as `up`; resolves with what it prints, rejects if it fails. */
  async run(...args: readonly string[]): Promise<string> {
    const [program, ...before] = this.#compose;
    return this.#execute(program, [...before, ...args]);
  }

  /** Replaces the relays one by one, by the script that is there for it. */
  async rollingRestart(): Promise<void> {
    await this.#execute(join(root, 'deploy/rolling-restart'), []);
  }

  /** What the engine knows of a service's container, by a template of `docker inspect`. */
  async inspect(service: string, template: string): Promise<string> {
    const container = await this.#containerOf(service);
    return this.#execute('docker', ['inspect', '--format', template, container]);
  }

  /** The relay that has logged something in the same line as an id; undefined where none has. */
  async whoLogged(message: string, id: string): Promise<RelayName | undefined> {
    for (const name of relayNames) {
      const lines = (await this.run('logs', '--no-color', '--no-log-prefix', name)).split('\n');
      if (lines.some((line) => line.includes(`"${message}"`) && line.includes(`"${id}"`))) return name;
    }
    return undefined;
  }

  async #containerOf(service: string): Promise<string> {
    // The plugin leaves out what has stopped unless asked for it; the older program shows it all.
    return this.run('ps', '--quiet', ...(this.#isOld ? [] : ['--all']), service);
  }

  async #execute(program: string, args: readonly string[]): Promise<string> {
    const options = { cwd: root, env: this.#environment, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(program, args, options);
    return stdout.trim();
  }
}

/** The images that docker-compose.yml and the Dockerfile take from elsewhere. */
export function baseImages(): readonly string[] {
  const ofServices = [...read('docker-compose.yml').matchAll(/^ +image: (\S+:\S+)$/gm)].map(([, name = '']) => name);
  const ofBuild = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, name = '']) => name);
  return [...new Set([...ofServices, ...ofBuild])];
}

const variablesOf = (file: string) => [...read(file).matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);

const read = (file: string) => readFileSync(join(root, file), 'utf8');
