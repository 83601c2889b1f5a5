import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Closing } from '../../pipeline/support/closing';

const root = join(__dirname, '../../..');

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A relay in a process of its own, started as `npm run dev` starts it. */
export class RelayProcess {
  #out = '';
  #err = '';
  #wake: () => void = () => undefined;
  /** Resolves when the process is gone and everything it said has been read. */
  readonly exited: Promise<Exit>;

  /** @param directory where it runs: its `.env` and config file, if any, and relative paths are looked for there. */
  static start(opened: Closing, directory: string, variables: Readonly<Record<string, string>>): RelayProcess {
    const child = spawn(
      process.execPath,
      ['-r', require.resolve('ts-node/register'), join(root, 'src/main.ts'), 'serve'],
      {
        cwd: directory,
        env: { PORT: '0', ...variables, TS_NODE_PROJECT: join(root, 'tsconfig.json') },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    return opened.add(new RelayProcess(child), async (relay) => {
      child.kill('SIGKILL');
      await relay.exited;
    });
  }

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (text: Buffer) => {
      this.#out += text.toString();
      this.#wake();
    });
    child.stderr?.on('data', (text: Buffer) => (this.#err += text.toString()));
    this.exited = once(child, 'close').then(([code, signal]: (Exit['code'] | Exit['signal'])[]) => {
      this.#wake();
      return { code: code as Exit['code'], signal: signal as Exit['signal'] };
    });
  }

  /** Where it listens, such as `http://127.0.0.1:8000`; waits until it does. */
  async url(): Promise<string> {
    return (await this.saying(/"address":"([^"]+)".*"Relay is listening"/))[1] ?? '';
  }

  /** Waits until it has logged a line that matches. */
  async saying(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#out);
      if (found !== null) return found;
      if (this.child.exitCode !== null) throw new Error(`It ended before it said ${String(pattern)}:\n${this.words}`);
      await this.saysMore();
    }
  }

  /** Waits until it says anything more, or has ended. */
  saysMore(): Promise<void> {
    return new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** The lines of its log. */
  lines(): Record<string, unknown>[] {
    const whole = this.#out.split('\n').slice(0, -1);
    // Every line is an object; one that is not would fail here.
    return whole.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it said to whoever looks at the terminal. */
  get words(): string {
    return this.#err + this.#out;
  }

  kill(signal: NodeJS.Signals): Promise<Exit> {
    this.child.kill(signal);
    return this.exited;
  }
}
