import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a process made of the race. */
export interface RaceResult {
  /** How many intents there were. */
  readonly intents: number;
  /** The ids of those that it claimed and settled. */
  readonly won: readonly string[];
  /** How many of the others it saw end. */
  readonly heard: number;
}

/** Another process that claims the same intents on the same store, when it is told to. */
export interface Racer {
  readonly ready: Promise<unknown>;
  go(): void;
  readonly result: Promise<RaceResult>;
}

export function startRacer(url: string, owner: string): Racer {
  const child = fork(join(__dirname, 'racer-process.ts'), [url, owner], {
    execArgv: ['-r', require.resolve('ts-node/register')],
  });
  const ready = once(child, 'message');
  // The first message says that it is ready; what follows is sent by racer-process.ts.
  const result = ready.then(() => once(child, 'message')).then(([message]) => message as RaceResult);
  return { ready, go: () => void child.send('go'), result };
}
