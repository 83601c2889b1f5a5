import { judge, limitOf, nextTrial, type Trial } from '../../../replay/load/find-limit';
import type { LoadResult } from '../../../replay/load/load';
import { summarize, type Summary } from '../../../replay/load/report/summary';
import { table } from '../../../replay/load/report/table';
import type { Interrupt } from './interrupt';
import { boundsOf, type ReplayOptions, trialPlan } from './options';
import { type Setting, watched } from './replay';
import { writeReports } from './reports';
import type { Stage } from './stage';

/** The first number of sessions, and the most that are tried. */
const [firstSessions, mostSessions] = [10, 100_000];

/** Plays more and more sessions at once until they are no longer served as well as the first. Returns whether any number was. */
export async function findLimit(
  stage: Stage,
  about: Setting,
  options: ReplayOptions,
  interrupt: Interrupt,
): Promise<boolean> {
  const trials: Trial[] = [];
  const first = options.sessions ?? firstSessions;
  let baseline: LoadResult | undefined;
  let shown: Summary | undefined;
  for (let next = nextTrial(trials, first, mostSessions); next !== undefined;) {
    const plan = trialPlan(next, options);
    const result = await watched(await stage.start(plan), `${next} at once`, interrupt);
    if (interrupt.isAsked) break;
    baseline ??= result;
    const verdict = judge(result, baseline, boundsOf(options));
    trials.push({ sessions: next, verdict });
    console.log(verdict.kind === 'held' ? `${next} sessions: held` : `${next} sessions: not held: ${verdict.why}`);
    // The report is of the largest number that was held; of the first, where none was.
    if (shown === undefined || (verdict.kind === 'held' && next >= limitOf(trials))) {
      shown = summarize({ ...about, plan, isInterrupted: false }, result);
    }
    next = nextTrial(trials, first, mostSessions);
  }
  if (shown !== undefined) console.log(`\n${table(shown)}`);
  console.log(`\n${conclusion(trials, interrupt.isAsked)}`);
  const isWritten = shown === undefined || writeReports(shown, options);
  return isWritten && limitOf(trials) > 0;
}

/** The answer, in a sentence or two. */
function conclusion(trials: readonly Trial[], isInterrupted: boolean): string {
  const limit = limitOf(trials);
  const beyond = trials
    .filter(({ sessions }) => sessions > limit)
    .sort((a, b) => a.sessions - b.sessions)
    .at(0);
  if (isInterrupted || beyond === undefined)
    return `At least ${limit} sessions at once were held. The search was not finished.`;
  if (beyond.verdict.kind === 'generator') {
    return (
      `At least ${limit} sessions at once were held. With ${beyond.sessions} the load generator itself did not keep up: ` +
      `${beyond.verdict.why}. If the server shares its machine, this is what the machine holds with both on it; else give the ` +
      'generator more --workers or a machine of its own.'
    );
  }
  return `${limit} sessions at once were held; ${beyond.sessions} were too many.`;
}
