import type { IntentName } from './desk';
import { filterFault, type FilterOptions } from './find';
import type { DeskOptions } from './with-desk';

/** Options of `intents confirm`, `reject` and `resend`. */
export interface ActOptions extends DeskOptions, FilterOptions {
  readonly all?: true;
  readonly yes?: true;
}

/** As much of a name as was given. */
export type GivenName = { readonly [Part in keyof IntentName]: string | undefined };

/** Whether one intent is named. */
export const isWhole = (name: GivenName): name is IntentName =>
  name.org !== undefined && name.tool !== undefined && name.id !== undefined;

/**
 * What is wrong with how a command is used, before anything is looked at; undefined if nothing.
 *
 * @param canAsk Whether somebody is there to say yes.
 */
export function usageFault(name: GivenName, options: ActOptions, canAsk: boolean): string | undefined {
  const filters = [options.org, options.state, options.olderThan, options.newerThan, options.limit];
  const isFiltered = filters.some((filter) => filter !== undefined);
  if (name.org !== undefined) {
    if (!isWhole(name)) return 'Name one intent by ORG TOOL ID, or many with --all and --state.';
    return isFiltered || options.all ? 'Name one intent, or many with --all: not both.' : undefined;
  }
  if (!options.all) return 'Name an intent by ORG TOOL ID; --all with --state is for many.';
  if (options.state === undefined) return '--state: is required with --all.';
  if (!options.yes && !canAsk) {
    return '--yes: is required with --all where nobody can be asked.';
  }
  return filterFault(options);
}
