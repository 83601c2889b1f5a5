/** `npm run fuzz`: sends generated frames through the core of a session, in both directions, and prints what came of it. */
import { Command } from 'commander';
import { wholeNumberOption } from '../src/cli/number-option';
import { type Counts, fuzz, type FuzzReport } from './fuzz/run';

interface Options {
  readonly frames: number;
  readonly seconds: number;
  readonly seed: number;
}

new Command('fuzz')
  .description('Send generated frames through the core of a session, and see whether it keeps its rules.')
  .option('--frames <number>', 'how many in each direction', wholeNumberOption(1, 100_000_000), 1_000_000)
  .option('--seconds <number>', 'how long at most', wholeNumberOption(1, 86_400), 600)
  .option('--seed <number>', 'makes the same frames again', wholeNumberOption(0, 2 ** 31 - 1), Date.now() % 2 ** 31)
  .action(run)
  .parse();

function run({ frames, seconds, seed }: Options): void {
  console.log(`Seed ${seed}, ${frames} frames in each direction, ${seconds} s at most.`);
  const report = fuzz({ frames, seed, maxMs: seconds * 1_000 });
  print(report);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
}

function print(report: FuzzReport): void {
  const { frames, sessions, elapsedMs, violations } = report;
  const all = frames.client + frames.upstream;
  for (const direction of ['client', 'upstream'] as const) {
    console.log(`\n${frames[direction]} frames of ${direction === 'client' ? 'clients' : 'upstream'}`);
    table('types they were made of', report.types[direction]);
    table('what was done to them', report.mutations[direction]);
    table('what became of them', report.outcomes[direction]);
  }
  table('\nphase of the session', report.phases);
  const memory = Math.round(process.memoryUsage().heapUsed / 1_048_576);
  console.log(
    `\n${sessions} sessions, ${all} frames in ${(elapsedMs / 1_000).toFixed(1)} s:` +
      ` ${Math.round(all / (elapsedMs / 1_000))} frames a second, generated and judged; heap ${memory} MiB.`,
  );
  for (const { rule, session, event, evidence } of violations) {
    console.log(`\nBroken in session ${session}: ${rule}.\n  told: ${cut(event)}\n  did: ${cut(evidence)}`);
  }
  console.log(violations.length === 0 ? 'No rule was broken.' : `${violations.length} rules were broken.`);
}

function table(heading: string, counts: Counts): void {
  console.log(` ${heading}`);
  for (const [name, number] of [...counts].sort(([, a], [, b]) => b - a)) {
    console.log(`  ${String(number).padStart(9)}  ${name}`);
  }
}

function cut(text: string): string {
  return text.slice(0, 1_000);
}
