/** `npm run bench`: what the relay costs and how it holds up, in figures. See docs/benchmarks.md. */
import { Command, InvalidArgumentError } from 'commander';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Figure, type Measure, type Stage } from './measure';
import { measures } from './measures';
import { type Finding, json } from './report/json';
import { table } from './report/table';
import { pinGenerator, root } from './stage/cores';
import { describeMachine, type Machine } from './stage/machine';
import { canRunHaproxy, haproxy } from './subjects/haproxy';
import { pipe, restringifier } from './subjects/pipe';
import { relay } from './subjects/relay';
import { type Subject } from './subjects/subject';

interface Options {
  readonly only: readonly Measure[];
  readonly quick?: true;
  readonly rounds?: number;
  readonly json?: string;
  readonly relay: string;
  readonly against?: string;
  readonly directory: string;
  readonly profile?: string;
}

void new Command('bench')
  .description('Measures the relay on this machine; takes some minutes, and wants the machine for itself.')
  .option('--only <name>', `one measure, repeatable: ${measures.map(({ name }) => name).join(', ')}`, pickMeasure, [])
  .option('--quick', 'short runs that show whether everything works; the figures say little')
  .option('--rounds <n>', 'how often each thing is measured (default 3, quick 1)', wholeNumber)
  .option('--json <file>', 'write everything as JSON too')
  .option('--relay <main>', 'the main file of the relay to measure', join(root, 'dist/src/main.js'))
  .option('--against <main>', 'the main file of another build, measured in turns with it on the hot path')
  .option('--directory <path>', 'where stores are kept: on the disk that is meant', join(root, 'data'))
  .option('--profile <directory>', 'leave a CPU profile of each process under measurement there')
  .action(bench)
  .parseAsync();

async function bench(options: Options): Promise<void> {
  pinGenerator();
  const machine = describeMachine();
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
  console.log(`${describe(machine)}\n${command}`);
  if (!canRunHaproxy()) console.log('HAProxy is left out of comparisons: there is none (`apt-get install haproxy`).');
  const directory = newDirectory(options.directory);
  const findings: Finding[] = [];
  for (const measure of options.only.length > 0 ? options.only : measures) {
    const missing = measure.missing?.();
    if (missing !== undefined) {
      console.log(`\n${measure.name}: left out: ${missing}`);
      continue;
    }
    const measured = await measure.run(stageFor(measure, options, directory));
    const figures = options.quick ? measured.map(withoutTarget) : measured;
    findings.push({ measure, figures });
    const title = options.quick ? `${measure.title}; cut short` : measure.title;
    console.log(`\n${table(`${measure.name}: ${title}`, figures)}`);
    for (const { name, values, neverAbove = Infinity } of figures) {
      if (Math.min(...values) <= neverAbove) continue;
      console.error(`${measure.name}: ${name} is never to be above ${neverAbove}`);
      process.exitCode = 1;
    }
  }
  const about = { machine, command, at: new Date().toISOString() };
  if (options.json !== undefined) writeFileSync(options.json, json(about, findings));
}

/** A short run cannot tell whether a target is met. */
function withoutTarget({ atMost: _most, atLeast: _least, ...figure }: Figure): Figure {
  return figure;
}

function stageFor(measure: Measure, options: Options, directory: string): Stage {
  const { quick = false, rounds = quick ? 1 : 3, profile } = options;
  const profileDirectory = profile === undefined ? undefined : resolve(profile);
  const others: Subject[] = [pipe(profileDirectory), restringifier(profileDirectory)];
  if (canRunHaproxy()) others.push(haproxy(directory));
  if (options.against !== undefined) {
    others.push(relay({ name: options.against, main: resolve(options.against), directory, profileDirectory }));
  }
  return {
    quick,
    rounds,
    directory,
    relay: (set) => relay({ main: builtRelay(options.relay), directory, profileDirectory, ...set }),
    others,
    tell: (line) => process.stderr.write(`${measure.name}: ${line}\n`),
  };
}

function builtRelay(main: string): string {
  if (!existsSync(main)) throw new Error(`There is no ${main}; npm run build makes it.`);
  return resolve(main);
}

/** A folder that goes when this process goes. */
function newDirectory(parent: string): string {
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(resolve(parent), 'bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  process.on('SIGINT', () => process.exit(130));
  return directory;
}

function describe({ cpu, cores, memoryGiB, system, node, pinning, loadBefore }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}\n${pinning}; load before: ${loadBefore.toFixed(1)}`;
}

function pickMeasure(name: string, before: readonly Measure[]): readonly Measure[] {
  const found = measures.find((measure) => measure.name === name);
  if (found === undefined) throw new InvalidArgumentError(`Known are ${measures.map((one) => one.name).join(', ')}.`);
  return [...before, found];
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return number;
}
