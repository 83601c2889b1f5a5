import { confirm as askYesOrNo } from '@clack/prompts';
import type { OperatorAction } from '../../../pipeline';
import type { IntentJson } from '../../intents/intent-json';
import { exitCode } from '../exit-code';
import type { IntentDesk, IntentName } from './desk';
import { filterFault, type FilterOptions, find } from './find';
import { barProgress, lineProgress } from './progress';
import { type SettledIntent, settleMany, settleOne } from './settle';
import { type DeskOptions, valueOrSay, withDesk } from './with-desk';

/** Options of `intents confirm`, `reject` and `resend`. */
export interface ActOptions extends DeskOptions, FilterOptions {
  readonly all?: true;
  readonly yes?: true;
}

/** Does one thing about the intent that is named, or about all that a filter finds. */
export async function act(action: OperatorAction, name: GivenName, options: ActOptions): Promise<void> {
  const fault = actFault(name, options);
  if (fault !== undefined) {
    console.error(fault);
    process.exit(exitCode.misused);
  }
  await withDesk(options, (desk) => (isWhole(name) ? actOnOne(desk, action, name) : actOnMany(desk, action, options)));
}

/** As much of a name as was given. */
type GivenName = { readonly [Part in keyof IntentName]: string | undefined };

const isWhole = (name: GivenName): name is IntentName =>
  name.org !== undefined && name.tool !== undefined && name.id !== undefined;

/** What is wrong with how a command is used, before anything is looked at; undefined if nothing. */
function actFault(name: GivenName, options: ActOptions): string | undefined {
  const filters = [options.org, options.state, options.olderThan, options.newerThan, options.limit];
  const isFiltered = filters.some((filter) => filter !== undefined);
  if (name.org !== undefined) {
    if (!isWhole(name)) return 'Name one intent by ORG TOOL ID, or many with --all and --state.';
    return isFiltered || options.all ? 'Name one intent, or many with --all: not both.' : undefined;
  }
  if (!options.all) return 'Name an intent by ORG TOOL ID; --all with --state is for many.';
  if (options.state === undefined) return '--state: is required with --all.';
  if (!options.yes && !(process.stdin.isTTY && process.stdout.isTTY)) {
    return '--yes: is required with --all where nobody can be asked.';
  }
  return filterFault(options);
}

async function actOnOne(desk: IntentDesk, action: OperatorAction, name: IntentName): Promise<number> {
  const { became, line } = await settleOne(desk, action, name);
  if (became === 'failed') {
    console.error(line);
    return exitCode.failed;
  }
  console.log(line);
  return exitCode.done;
}

async function actOnMany(desk: IntentDesk, action: OperatorAction, options: ActOptions): Promise<number> {
  const found = valueOrSay(await find(desk, options));
  if (found === undefined) return exitCode.failed;
  const able = found.intents.filter(({ can }) => can.includes(action));
  const unable = found.intents.length - able.length;
  if (unable > 0) console.log(`${unable} of those found cannot be ${past[action]}, and are left as they are.`);
  if (able.length === 0) {
    console.log('There is nothing to do.');
    return exitCode.done;
  }
  if (!options.yes && !(await isAgreed(action, able))) {
    console.log('Nothing was changed.');
    return exitCode.failed;
  }
  return settleAll(desk, action, able);
}

const past: Readonly<Record<OperatorAction, string>> = { confirm: 'confirmed', reject: 'rejected', resend: 'resent' };

/** Asks before acting on many. Ctrl-C is a no. */
async function isAgreed(action: OperatorAction, intents: readonly IntentJson[]): Promise<boolean> {
  const orgs = [...new Set(intents.map(({ org_id: org }) => org))];
  const whose = orgs.length > 3 ? `${orgs.length} orgs` : orgs.join(', ');
  const message = `${action} ${intents.length} intents that are ${intents[0]?.state ?? ''}, of ${whose}?`;
  return (await askYesOrNo({ message, initialValue: false })) === true;
}

async function settleAll(desk: IntentDesk, action: OperatorAction, intents: readonly IntentJson[]): Promise<number> {
  const interrupted = new AbortController();
  process.on('SIGINT', () => {
    // Asked twice, it does not wait for what is under way.
    if (interrupted.signal.aborted) process.exit(exitCode.failed);
    interrupted.abort();
  });
  const shown = process.stdout.isTTY ? barProgress(intents.length, past[action]) : lineProgress();
  const failures: string[] = [];
  const told = ({ became, line }: SettledIntent) => {
    if (became === 'failed') failures.push(line);
    shown.advance(line);
  };
  const { done, already, failed, left } = await settleMany(desk, action, intents, { signal: interrupted.signal, told });
  const parts = [`${done} ${past[action]}`, `${already} already were`, `${failed} failed`, `${left} left`];
  shown.end(`${intents.length} intents: ${parts.join(', ')}.`);
  if (process.stdout.isTTY) for (const line of failures.slice(0, maxFailures)) console.error(line);
  if (failures.length > maxFailures) console.error(`… and ${failures.length - maxFailures} more.`);
  return failed + left === 0 ? exitCode.done : exitCode.failed;
}

/** Failures that are told one by one. */
const maxFailures = 20;
