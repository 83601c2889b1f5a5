import type { Beat } from './beat';
import { startCrew } from './crew';
import { type Generator, judgeGenerator } from './generator';
import { type Job, readScripts, realtimeSessions } from './job';
import { type LoadPlan, usefulWorkers } from './plan';
import { type OpenSession, type Run, startRun } from './runner';
import { Totals } from './totals';

/** What a run came to. */
export interface LoadResult {
  readonly totals: Totals;
  readonly generator: Generator;
  readonly seconds: number;
}

/** A run under way. */
export interface RunningLoad {
  readonly totals: Totals;
  readonly result: Promise<LoadResult>;
  /** Starts no more sessions and ends those that are on; what was measured is still told. */
  stop(): void;
}

/**
 * Plays recordings as a job says, in this thread or in several workers.
 *
 * @throws RecordingError, before anything is opened.
 */
export async function startLoad(job: Job, workers: number): Promise<RunningLoad> {
  const scripts = await readScripts(job);
  const crew = usefulWorkers(job.plan, workers);
  if (crew === 1) return startPlanned(job.plan, realtimeSessions(scripts, job));
  return watch((onBeat) => startCrew(job, crew, onBeat));
}

/** Opens sessions of any kind in this thread. */
export function startPlanned(plan: LoadPlan, open: OpenSession): Promise<RunningLoad> {
  return watch((onBeat) => Promise.resolve(startRun(plan, open, onBeat)));
}

async function watch(start: (onBeat: (beat: Beat) => void) => Promise<Run>): Promise<RunningLoad> {
  const totals = new Totals();
  const run = await start((beat) => totals.add(beat));
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const result = run.done.then(() => {
    const seconds = (performance.now() - startedMs) / 1_000;
    const { user, system } = process.cpuUsage(startedCpu);
    const cores = (user + system) / 1e6 / Math.max(seconds, 0.001);
    return { totals, seconds, generator: judgeGenerator(totals.points(), totals.percentile('lateness', 99), cores) };
  });
  return { totals, result, stop: () => run.stop() };
}
