import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readScripts } from '../../../replay/load/job';
import type { LoadResult, RunningLoad } from '../../../replay/load/load';
import { type About, isFine, summarize } from '../../../replay/load/report/summary';
import { table } from '../../../replay/load/report/table';
import type { Script, StandIns } from '../../../replay/player/script';
import { RecordingError } from '../../../replay/recording/read';
import { packageRoot } from '../../package-root';
import { exitCode } from '../exit-code';
import { findLimit } from './find-limit';
import { Interrupt } from './interrupt';
import { optionFault, planOf, type ReplayOptions } from './options';
import { showProgress } from './progress';
import { writeReports } from './reports';
import { openStage, type Stage } from './stage';
import { UsageError } from './usage-error';

/** What is played where no recording is named. */
const sample = join(packageRoot, 'assets', 'load', 'conversation.jsonl');

/** Plays recordings as the command's options say, reports, and ends the process. */
export async function replay(named: readonly string[], options: ReplayOptions): Promise<void> {
  const interrupt = new Interrupt();
  const files = named.length === 0 ? [sample] : named;
  const scripts = await usable(() => scriptsOf(files, options));
  const stage = await usable(() => openStage(options, files, scripts));
  const about: Setting = {
    target: stage.shown,
    recordings: scripts.map(({ name }) => name),
    speed: options.speed,
    expect: options.expect,
    standIns: allStandIns(scripts),
  };
  const play = options.findLimit ? findLimit : replayOnce;
  const isRight = await usable(() => play(stage, about, options, interrupt));
  // What was brought up goes with this process if it does not go by itself.
  await Promise.race([stage.close(), setTimeout(closeMs)]);
  process.exit(isRight ? exitCode.done : exitCode.failed);
}

/** How long what was brought up may take to end, in milliseconds. */
const closeMs = 5_000;

/** What a report says that no run changes. */
export type Setting = Omit<About, 'isInterrupted' | 'plan'>;

/** Shows a run and waits for its end. */
export async function watched(load: RunningLoad, what: string, interrupt: Interrupt): Promise<LoadResult> {
  const progress = showProgress(load, what);
  interrupt.onAsked(() => load.stop());
  const result = await load.result;
  const { started } = result.totals.counts;
  const sessions = `${started} ${started === 1 ? 'session' : 'sessions'}`;
  progress.end(`${what}: over after ${result.seconds.toFixed(1)} s and ${sessions}.`);
  return result;
}

/** Returns whether all went well. */
async function replayOnce(
  stage: Stage,
  about: Setting,
  options: ReplayOptions,
  interrupt: Interrupt,
): Promise<boolean> {
  const plan = planOf(options);
  const result = await watched(await stage.start(plan), 'replay', interrupt);
  const summary = summarize({ ...about, plan, isInterrupted: interrupt.isAsked }, result);
  console.log(`\n${table(summary)}`);
  return writeReports(summary, options) && isFine(summary);
}

async function scriptsOf(files: readonly string[], options: ReplayOptions): Promise<Script[]> {
  const fault = optionFault(options);
  if (fault !== undefined) throw new UsageError(fault);
  for (const file of files) await requireReadable(file);
  return readScripts({ files });
}

async function requireReadable(file: string): Promise<void> {
  const why = await stat(file).then(
    (found) => (found.isDirectory() ? 'it is a folder' : undefined),
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown'),
  );
  if (why !== undefined) throw new UsageError(`${file}: cannot be read (${why}).`);
}

/** Ends the process where it cannot go on, and says why: 2 where something was asked for wrongly, else 1. */
async function usable<Value>(find: () => Promise<Value>): Promise<Value> {
  try {
    return await find();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    const isMisused = error instanceof UsageError || error instanceof RecordingError;
    process.exit(isMisused ? exitCode.misused : exitCode.failed);
  }
}

const allStandIns = (scripts: readonly Script[]): StandIns =>
  scripts.reduce(
    (sum, { standIns: { frames, texts, leftOut } }) => ({
      frames: sum.frames + frames,
      texts: sum.texts + texts,
      leftOut: sum.leftOut + leftOut,
    }),
    { frames: 0, texts: 0, leftOut: 0 },
  );
