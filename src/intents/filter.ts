import { z } from 'zod';
import { type IntentQuery, intentStates } from '../../pipeline';
import { wholeNumber } from '../config/values';
import { duration } from './duration';

/** Intents on one page, unless asked for otherwise, and at most. */
export const pageLimit = { usual: 50, most: 500 } as const;

/** Which intents are wanted, as it stands in a query. Ages are counted from an intent's last move. */
export const filterSchema = z
  .strictObject({
    org: z.string().min(1).max(64).optional(),
    state: z.enum(intentStates).optional(),
    older_than: duration.optional(),
    newer_than: duration.optional(),
    limit: wholeNumber(1, pageLimit.most).default(pageLimit.usual),
    after: z.string().min(1).max(1_024).optional(),
  })
  .refine(({ older_than: from = 0, newer_than: to = Infinity }) => from < to, {
    path: ['newer_than'],
    message: 'must be longer than older_than, or there is nothing between the two',
  });

export type IntentFilter = z.infer<typeof filterSchema>;

/** The question to the store that a filter asks now, in milliseconds since the epoch. */
export function queryOf(filter: IntentFilter, nowMs: number): IntentQuery {
  const { org, state, older_than: olderThanMs, newer_than: newerThanMs, limit, after } = filter;
  return {
    limit,
    ...(org !== undefined && { orgId: org }),
    ...(state !== undefined && { state }),
    ...(olderThanMs !== undefined && { movedBeforeMs: nowMs - olderThanMs }),
    ...(newerThanMs !== undefined && { movedSinceMs: nowMs - newerThanMs }),
    ...(after !== undefined && { after }),
  };
}
