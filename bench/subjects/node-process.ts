import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root, subjectPinning } from '../stage/cores';
import { type HeapSettings } from './subject';
import { type Usage } from './usage';

/** How a subject written for Node is started. */
export interface NodeProgram {
  readonly file: string;
  /** Modules to load before it. */
  readonly preloads?: readonly string[];
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where it runs. */
  readonly directory: string;
  /** Finds where clients connect in its output. */
  readonly listening: RegExp;
  readonly heap?: HeapSettings | undefined;
  /** Whether it may use all cores; default is one of its own. */
  readonly isEverywhere?: boolean | undefined;
  /** Where it leaves a CPU profile when it ends; absent: none is made. */
  readonly profileDirectory?: string | undefined;
}

/** Milliseconds a process has to end by itself. */
const stopMs = 10_000;

/** A Node process under measurement, on a core of its own where the system can do that. */
export class NodeProcess {
  /** Resolves with what `listening` found first; rejects when the process ends before. */
  readonly address: Promise<string>;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;

  constructor({
    file,
    preloads = [],
    args,
    variables,
    directory,
    listening,
    heap,
    isEverywhere,
    profileDirectory,
  }: NodeProgram) {
    const profiling = profileDirectory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`];
    const loading = [...preloads, probe].flatMap((preload) => ['-r', preload]);
    const bounds = heap === undefined ? [] : [`--max-semi-space-size=${heap.youngMiB}`];
    const node = [process.execPath, '--expose-gc', quietly, ...bounds, ...profiling, ...loading, file, ...args];
    const [command = '', ...rest] = [...subjectPinning(isEverywhere), ...node];
    this.#child = spawn(command, rest, {
      cwd: directory,
      env: { ...variables, TS_NODE_PROJECT: join(root, 'tsconfig.json') },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#gone = once(this.#child, 'exit');
    this.address = this.#find(listening);
    // A failure is told to whoever awaits the address, maybe later.
    this.address.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async usage(afterGc = false): Promise<Usage> {
    const answer = once(this.#child, 'message');
    this.#child.send({ afterGc });
    // The probe answers with nothing else.
    const [usage] = (await answer) as [Usage];
    return usage;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const cut = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await this.#gone;
    clearTimeout(cut);
  }

  #find(listening: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = '';
      this.#child.once('exit', (code) =>
        reject(new Error(`${this.#child.spawnfile} ended with ${code ?? 'a signal'}.`)),
      );
      this.#child.stdout?.on('data', (text: Buffer) => {
        if (said === 'enough') return;
        said += text.toString();
        const found = listening.exec(said)?.[1];
        if (found === undefined) return;
        said = 'enough';
        resolve(found);
      });
    });
  }
}

/** The bench's own programs run as they are, in a package that does not say which kind of module they are. */
const quietly = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';
const probe = join(__dirname, 'probe.ts');
