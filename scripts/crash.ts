/** `npm run crash`: kills a process between every two states of its intents and looks whether the promise holds. */
import { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wholeNumberOption } from '../src/cli/number-option';
import { crash } from './crash/rounds';
import { tableOf } from './crash/table';
import { RedisServer } from './redis-server';

interface Options {
  readonly rounds: number;
  readonly store: string;
  readonly seed: number;
}

new Command('crash')
  .description('Kill a process between every two states of an intent, start it again, and repeat the call.')
  .option('--rounds <number>', 'how often; every point comes in turn', wholeNumberOption(1, 4_000), 100)
  .option(
    '--store <store>',
    'sqlite for a file of its own, redis for a server of its own, or the address of a store that outlives a process',
    'sqlite',
  )
  .option('--seed <number>', 'makes the same rounds again', wholeNumberOption(0, 2 ** 31 - 1), Date.now() % 2 ** 31)
  .action(run)
  .parse();

async function run({ rounds, store, seed }: Options): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'relay-crash-'));
  const server = store === 'redis' ? await RedisServer.start(directory) : undefined;
  try {
    const storeUrl = server?.url ?? (store === 'sqlite' ? `sqlite:${join(directory, 'crash.db')}` : store);
    console.log(`Store ${storeUrl.split(':')[0] ?? ''}, ${rounds} rounds, seed ${seed}`);
    const ledger = await crash({ storeUrl, rounds, seed, onRound });
    console.log(`\n${tableOf(ledger).join('\n')}`);
    process.exitCode = ledger.violations.length === 0 ? 0 : 1;
  } finally {
    await server?.kill();
    await rm(directory, { recursive: true, force: true });
  }
}

function onRound(done: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done}`);
}
