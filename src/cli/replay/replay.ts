import { join } from 'node:path';
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
  const interrupt = new Interrupt();
  const isRight = options.findLimit
    ? await findLimit(stage, about, options, interrupt)
    : await replayOnce(stage, about, options, interrupt);
  await stage.close();
  process.exit(isRight ? exitCode.done : exitCode.failed);
}

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
  return readScripts({ files });
}

/** Ends the process where something was asked for wrongly. */
async function usable<Value>(find: () => Promise<Value>): Promise<Value> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof UsageError || error instanceof RecordingError) console.error(error.message);
    else if (isFileError(error)) console.error(`${error.path}: cannot be read (${error.code}).`);
    else throw error;
    process.exit(exitCode.misused);
  }
}

const isFileError = (error: unknown): error is { readonly path: string; readonly code: string } =>
  error instanceof Error && 'path' in error && 'code' in error && typeof error.code === 'string';

const allStandIns = (scripts: readonly Script[]): StandIns =>
  scripts.reduce(
    (sum, { standIns: { frames, texts, leftOut } }) => ({
      frames: sum.frames + frames,
      texts: sum.texts + texts,
      leftOut: sum.leftOut + leftOut,
    }),
    { frames: 0, texts: 0, leftOut: 0 },
  );
