/**
 * `npm run test:faults`: thousands of intents through several relays on one Redis, while webhooks fail, relays are killed,
 * and Redis is stopped and killed; then looks whether each was sent at most once and none was lost.
 */
import { Command } from 'commander';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { wholeNumberOption } from '../src/cli/number-option';
import { check, type Violation, wordsOf } from './faults/check/check';
import { type Evidence } from './faults/check/case';
import { jsonLines } from './faults/history';
import { planFor } from './faults/plan';
import { faultRun } from './faults/run';
import { tableOf } from './faults/table';
import { tallyOf } from './faults/tally';
import { hasRedisServer, redisServerHint } from './redis-server';

interface Options {
  readonly intents: number;
  readonly processes: number;
  readonly seed: number;
  readonly rate: number;
  readonly drain: number;
  readonly relay: string;
}

void new Command('test:faults')
  .description('Send intents through several relays on one Redis while everything fails; check that each is sent once.')
  .option('--intents <number>', 'how many', wholeNumberOption(10, 1_000_000), 10_000)
  .option('--processes <number>', 'how many relays', wholeNumberOption(1, 16), 3)
  .option('--seed <number>', 'plans the same faults again', wholeNumberOption(0, 2 ** 31 - 1), Date.now() % 2 ** 31)
  .option('--rate <number>', 'intents begun in a second', wholeNumberOption(1, 10_000), 40)
  .option('--drain <seconds>', 'how long what was deferred may take at the end', wholeNumberOption(1, 3_600), 180)
  .option('--relay <main>', "the relay's main file", join(__dirname, '../dist/src/main.js'))
  .action(run)
  .parseAsync();

async function run({ intents, processes, seed, rate, drain, relay }: Options): Promise<void> {
  if (!hasRedisServer()) throw new Error(redisServerHint);
  console.log(`${intents} intents, ${processes} relays, seed ${seed}`);
  const directory = mkdtempSync(join(tmpdir(), 'relay-faults-'));
  const breakOff = (exitCode: number) => () => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(exitCode);
  };
  process.once('SIGINT', breakOff(130));
  process.once('SIGTERM', breakOff(143));
  const startedMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedMs) / 1_000);
  const evidence = await faultRun({
    plan: planFor({ intents, processes, seed }),
    processes,
    beatsPerSecond: rate,
    drainMs: drain * 1_000,
    main: resolve(relay),
    directory,
    tell: (line) => console.log(`${String(seconds()).padStart(4)} s  ${line}`),
  });
  const violations = check(evidence);
  console.log(`\n${tableOf(tallyOf(evidence), violations, performance.now() - startedMs).join('\n')}`);
  if (violations.length === 0) {
    rmSync(directory, { recursive: true });
    return;
  }
  writeFileSync(join(directory, 'history.jsonl'), jsonLines(evidence.events));
  writeFileSync(join(directory, 'records.jsonl'), jsonLines(evidence.records));
  for (const violation of violations.slice(0, maxShown)) console.log(`\n${story(violation, evidence)}`);
  console.log(`\nSeed ${seed}; the whole history, the records and the log lines are in ${directory}`);
  process.exitCode = 1;
}

/** How many violations are told in full. */
const maxShown = 10;

/** What was broken, and everything that happened to the intent. */
function story({ rule, intentId, what }: Violation, { events, records }: Evidence): string {
  const headline = `${intentId ?? 'No single intent'}: ${wordsOf(rule)}: ${what}`;
  if (intentId === undefined) return headline;
  const own = events.filter((event) => 'intentId' in event && event.intentId === intentId);
  const lives = new Set(own.flatMap((event) => ('life' in event ? event.life : [])));
  const happened = events.filter(
    (event) => own.includes(event) || ('life' in event && event.kind === 'injected' && lives.has(event.life)),
  );
  const record = records.filter(({ key }) => key.intentId === intentId);
  return `${headline}\n${jsonLines([...happened, ...record])}`.trimEnd();
}
