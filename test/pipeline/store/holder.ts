import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the other process says of itself: it has the file and is sending, or it was refused. */
export type HolderReport = { readonly state: 'SENDING' } | { readonly refused: string };

/** Another process with the store open on the file and an intent in SENDING. */
export interface Holder {
  readonly report: Promise<HolderReport>;
  /** Kills it as `kill -9` does and waits until it is gone. */
  kill(): Promise<void>;
}

export function startHolder(file: string): Holder {
  const script = join(__dirname, 'holder-process.ts');
  const child = spawn(process.execPath, ['-r', require.resolve('ts-node/register'), script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  return {
    report: firstLine(child),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<HolderReport> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    // Written by holder-process.ts.
    if (text.includes('\n')) return JSON.parse(text) as HolderReport;
  }
  throw new Error('The process ended without a word.');
}
