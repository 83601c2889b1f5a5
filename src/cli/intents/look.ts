import { exitCode } from '../exit-code';
import type { IntentName } from './desk';
import { filterFault, type FilterOptions, find } from './find';
import { detailsOf, linesOf, tableOf } from './table';
import { type DeskOptions, valueOrSay, withDesk } from './with-desk';

/** Options of `intents list`. */
export interface ListOptions extends DeskOptions, FilterOptions {
  readonly json?: true;
}

/** `intents list`: a table on a terminal, lines otherwise, or JSON. */
export async function listIntents(options: ListOptions): Promise<void> {
  const fault = filterFault(options);
  if (fault !== undefined) {
    console.error(fault);
    process.exit(exitCode.misused);
  }
  await withDesk(options, async (desk) => {
    const found = valueOrSay(await find(desk, options));
    if (found === undefined) return exitCode.failed;
    const { intents, hasMore } = found;
    if (options.json) console.log(JSON.stringify(intents, undefined, 2));
    else if (process.stdout.isTTY) console.log(intents.length === 0 ? 'There are none.' : tableOf(intents, Date.now()));
    else if (intents.length > 0) console.log(linesOf(intents));
    if (hasMore) console.error(`There are more than these ${intents.length}: see --limit.`);
    return exitCode.done;
  });
}

/** `intents show`: one intent with its attempts. */
export async function showIntent(name: IntentName, options: DeskOptions & { readonly json?: true }): Promise<void> {
  await withDesk(options, async (desk) => {
    const intent = valueOrSay(await desk.show(name));
    if (intent === undefined) return exitCode.failed;
    console.log(options.json ? JSON.stringify(intent, undefined, 2) : detailsOf(intent, Date.now()));
    return exitCode.done;
  });
}
