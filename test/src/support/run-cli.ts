import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

/** A command that is running, with what it has printed so far. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** Resolves when standard output holds a text. */
  prints(text: string): Promise<void>;
  readonly exited: Promise<number | null>;
}

const children = new Set<ChildProcess>();

/** Ends what a failed test left running; to be called after each test. */
export function killCommands(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Starts the command line as a user would, in a directory of its own and with no settings but these. */
export function startCommand(
  args: readonly string[],
  directory: string,
  variables: Record<string, string> = {},
): RunningCommand {
  const child = spawn(
    process.execPath,
    ['-r', join(root, 'node_modules/ts-node/register'), join(root, 'src/main.ts'), ...args],
    {
      cwd: directory,
      env: { PATH: process.env['PATH'], TS_NODE_PROJECT: join(root, 'tsconfig.json'), ...variables },
    },
  );
  children.add(child);
  child.once('close', () => children.delete(child));
  const output = { stdout: '', stderr: '' };
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
    for (const { text, resolve } of waiting) if (output.stdout.includes(text)) resolve();
  });
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return {
    child,
    output,
    prints: (text) =>
      new Promise((resolve) => {
        if (output.stdout.includes(text)) resolve();
        else waiting.push({ text, resolve });
      }),
    exited: once(child, 'close').then(([code]) => code as number | null),
  };
}

/** Runs a command to its end. */
export async function runCommand(args: readonly string[], directory: string, variables: Record<string, string> = {}) {
  const { output, exited } = startCommand(args, directory, variables);
  const code = await exited;
  return { code, ...output };
}
