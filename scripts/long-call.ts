/** `npm run long-call`: one telephone call of many minutes, after which everything must add up. */
import { Command } from 'commander';
import { join, resolve } from 'node:path';
import { wholeNumberOption } from '../src/cli/number-option';
import { openHouse } from './long-call/house';
import { play } from './long-call/play';
import { judge } from './long-call/verdict';

interface Options {
  readonly minutes: number;
  readonly relay: string;
}

void new Command('long-call')
  .description('Plays one long call by Twilio in real time; ends with 1 if anything does not add up.')
  .option('--minutes <number>', 'how long the caller stays; the least is about one', wholeNumberOption(1, 55), 10)
  .option('--relay <main>', 'the main file of the relay', join(__dirname, '../dist/src/main.js'))
  .action(run)
  .parseAsync();

async function run({ minutes, relay }: Options): Promise<void> {
  const house = await openHouse(resolve(relay));
  try {
    const played = await play(house, minutes * 60_000, (line) => process.stderr.write(`${line}\n`));
    const metrics = await (await fetch(`${house.origin}/metrics`)).text();
    const session = await house.simulator.session(0);
    const findings = judge({ played, session, metrics, delivered: house.webhook.count });
    for (const { name, told, isFine } of findings) console.log(`${isFine ? 'ok ' : 'OFF'}  ${name}: ${told}`);
    if (!findings.every(({ isFine }) => isFine)) process.exitCode = 1;
  } finally {
    await house.close();
  }
}
