/** `npm run silence`: opens thousands of connections that say nothing, and prints what each costs a relay. */
import { Command } from 'commander';
import { wholeNumberOption } from '../src/cli/number-option';
import { endure, kinds } from './silence/endure';
import { QuietRelay } from './silence/quiet-relay';

interface Options {
  readonly connections: number;
}

void new Command('silence')
  .description('Open connections that say nothing; see what they cost, whether others are served, and all are closed.')
  .option('--connections <number>', 'how many of each kind', wholeNumberOption(1, 15_000), 10_000)
  .action(run)
  .parseAsync();

async function run({ connections }: Options): Promise<void> {
  // What the first round took and did not give back serves the second: only what grows with every round is lost.
  for (const kind of kinds) {
    const count = Math.min(connections, kind.most);
    const relay = await QuietRelay.start();
    try {
      for (const round of [1, 2]) {
        const { bytesEach, bytesKept, servedMs, closedMs } = await endure(relay, kind, count);
        console.log(
          `${count} connections ${kind.name}, round ${round}: ${(bytesEach / 1_024).toFixed(1)} KiB more for each;` +
            ` a client was served in ${Math.round(servedMs)} ms; all closed within ${(closedMs / 1_000).toFixed(1)} s;` +
            ` ${Math.round(bytesKept / 1_048_576)} MiB not given back yet.`,
        );
      }
    } finally {
      await relay.stop();
    }
  }
}
