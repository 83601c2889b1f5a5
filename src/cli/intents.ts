import { type Command, Option } from 'commander';
import { intentStates, type OperatorAction } from '../../pipeline';
import { pageLimit } from '../intents/filter';
import { act } from './intents/act';
import { listIntents, showIntent } from './intents/look';
import type { ActOptions } from './intents/usage';
import type { DeskOptions } from './intents/with-desk';
import { wholeNumberOption } from './number-option';

/** `intents`: lets the operator look at intents and settle them. */
export function addIntents(program: Command): void {
  const intents = program
    .command('intents')
    .description('Look at what was asked of webhooks, and settle what nobody knows.')
    .addHelpText(
      'after',
      `
It asks the running relay that HOST and PORT say, or --url, with OPERATOR_KEY. Where none runs it opens the store itself;
only "resend" needs a relay.

Exit code 0: all was done. 1: something was not. 2: the command was used wrongly.`,
    );

  withDeskOption(
    withFilter(
      intents.command('list').description('List intents, those of an org by their last move.'),
      pageLimit.usual,
    ),
  )
    .option('--json', 'as JSON, as the relay answers it')
    .action(listIntents);

  withDeskOption(withName(intents.command('show').description('Show one intent and its attempts.'), 'required'))
    .option('--json', 'as JSON, as the relay answers it')
    .action((org: string, tool: string, id: string, options: DeskOptions) => showIntent({ org, tool, id }, options));

  for (const [action, description] of Object.entries(descriptions)) {
    // Object.entries forgets the names; they are those of the table below.
    const wanted = action as OperatorAction;
    withDeskOption(withFilter(withName(intents.command(action).description(description), 'optional')))
      .option('--all', 'all that these options find; needs --state')
      .option('--yes', 'do not ask before acting on many')
      .action((org: string | undefined, tool: string | undefined, id: string | undefined, options: ActOptions) =>
        act(wanted, { org, tool, id }, options),
      );
  }
}

const descriptions: Readonly<Record<OperatorAction, string>> = {
  confirm: 'Say that it happened: a repeat is then a duplicate of a success.',
  reject: 'Say that it did not happen, and will not.',
  resend: 'Send what was kept again, now. It may arrive twice where it is UNKNOWN.',
};

/** The options that say which intents are meant. */
function withFilter(command: Command, usualLimit?: number): Command {
  const limit = new Option('--limit <number>', 'at most this many').argParser(wholeNumberOption(1, 100_000));
  return command
    .option('--org <id>', 'of this org')
    .addOption(new Option('--state <state>', 'in this state').choices(intentStates))
    .option('--older-than <time>', 'not moved for at least so long, such as 10m, 24h or 7d')
    .option('--newer-than <time>', 'moved within that time')
    .addOption(usualLimit === undefined ? limit : limit.default(usualLimit));
}

const withName = (command: Command, kind: 'required' | 'optional'): Command =>
  ['ORG', 'TOOL', 'ID'].reduce(
    (named, part) => named.argument(kind === 'required' ? `<${part}>` : `[${part}]`),
    command,
  );

const withDeskOption = (command: Command): Command =>
  command.option('--url <origin>', 'the relay to ask; left out: the one that HOST and PORT say');
