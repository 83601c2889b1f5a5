import { confirm as askYesOrNo } from '@clack/prompts';
import type { OperatorAction } from '../../../pipeline';
import type { IntentJson } from '../../intents/intent-json';
import { exitCode } from '../exit-code';
import type { IntentDesk, IntentName } from './desk';
import { find } from './find';
import { barProgress, lineProgress } from './progress';
import { type SettledIntent, settleMany, settleOne } from './settle';
import { type ActOptions, type GivenName, isWhole, usageFault } from './usage';
import { valueOrSay, withDesk } from './with-desk';

/** Does one thing about the intent that is named, or about all that a filter finds. */
export async function act(action: OperatorAction, name: GivenName, options: ActOptions): Promise<void> {
  const fault = usageFault(name, options, process.stdin.isTTY && process.stdout.isTTY);
  if (fault !== undefined) {
    console.error(fault);
    process.exit(exitCode.misused);
  }
  await withDesk(options, (desk) => (isWhole(name) ? actOnOne(desk, action, name) : actOnMany(desk, action, options)));
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
  shown.end(summaryOf({ [past[action]]: done, 'so already': already, failed, 'left as they were': left }));
  if (process.stdout.isTTY) for (const line of failures.slice(0, maxFailures)) console.error(line);
  if (failures.length > maxFailures) console.error(`… and ${failures.length - maxFailures} more.`);
  return failed + left === 0 ? exitCode.done : exitCode.failed;
}

/** What became of all, such as `12 intents: 10 confirmed, 2 failed.` */
function summaryOf(counts: Readonly<Record<string, number>>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const parts = Object.entries(counts).flatMap(([words, count]) => (count === 0 ? [] : `${count} ${words}`));
  return `${total} ${total === 1 ? 'intent' : 'intents'}: ${parts.join(', ')}.`;
}

/** Failures that are told one by one. */
const maxFailures = 20;
