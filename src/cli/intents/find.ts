import { wordsFor } from '../../config/problems';
import { filterSchema, pageLimit } from '../../intents/filter';
import type { IntentJson } from '../../intents/intent-json';
import type { IntentDesk, Reply } from './desk';

/** Which intents are meant, as options of a command. */
export interface FilterOptions {
  readonly org?: string;
  readonly state?: string;
  readonly olderThan?: string;
  readonly newerThan?: string;
  /** At most this many. */
  readonly limit?: number;
}

/** The parameters of `GET /api/intents` that a filter stands for, without those that say which part is wanted. */
export function queryOfOptions({ org, state, olderThan, newerThan }: FilterOptions): Record<string, string> {
  return {
    ...(org !== undefined && { org }),
    ...(state !== undefined && { state }),
    ...(olderThan !== undefined && { older_than: olderThan }),
    ...(newerThan !== undefined && { newer_than: newerThan }),
  };
}

/** What is wrong with a filter, naming the option; undefined if nothing. */
export function filterFault(options: FilterOptions): string | undefined {
  const result = filterSchema.safeParse(queryOfOptions(options), { error: wordsFor });
  const [first] = result.error?.issues ?? [];
  if (first === undefined) return undefined;
  return `--${String(first.path[0]).replace('_', '-')}: ${first.message.replace('_', '-')}.`;
}

/** What was found. */
export interface Found {
  readonly intents: readonly IntentJson[];
  /** Whether there are more than the limit. */
  readonly hasMore: boolean;
}

/** Reads page after page, up to the limit. */
export async function find(desk: IntentDesk, options: FilterOptions): Promise<Reply<Found>> {
  const { limit = Infinity } = options;
  const intents: IntentJson[] = [];
  let next: string | null = null;
  do {
    const query = {
      ...queryOfOptions(options),
      limit: String(Math.min(limit - intents.length, pageLimit.most)),
      ...(next !== null && { after: next }),
    };
    const page = await desk.list(query);
    if (page.kind === 'refused') return page;
    intents.push(...page.value.intents);
    ({ next } = page.value);
  } while (next !== null && intents.length < limit);
  return { kind: 'done', value: { intents, hasMore: next !== null } };
}
