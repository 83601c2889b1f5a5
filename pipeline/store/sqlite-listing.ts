import { type DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { type Position, pageSize } from './page';
import { intentStates, type IntentState } from './record';
import { type IntentQuery } from './store';

/**
 * Finds the rows of a page and one more, in order.
 *
 * Each state is looked up by itself, because `intents_by_move` holds the records of one state in the order of listing: so
 * a page is read without sorting what is not on it, however large the file is.
 */
export function listRows(
  database: DatabaseSync,
  query: IntentQuery,
  after: Position | undefined,
): Record<string, SQLOutputValue>[] {
  const { conditions, values } = rangeOf(query, after);
  const limit = pageSize(query) + 1;
  const states = query.state === undefined ? intentStates : [query.state];
  const select = (state: IntentState): string => `
    SELECT * FROM (
      SELECT * FROM intents WHERE ${[`state = '${state}'`, ...conditions].join(' AND ')} ${inOrder} LIMIT ${limit}
    )`;
  return database
    .prepare(`SELECT record FROM (${states.map(select).join(' UNION ALL ')}) ${inOrder} LIMIT ${limit}`)
    .all(values);
}

const inOrder = 'ORDER BY org_id, moved_ms, tool, intent_id';

interface Range {
  readonly conditions: readonly string[];
  readonly values: Record<string, SQLInputValue>;
}

function rangeOf({ orgId, movedBeforeMs, movedSinceMs }: IntentQuery, after: Position | undefined): Range {
  const conditions: string[] = [];
  const values: Record<string, SQLInputValue> = {};
  const where = (condition: string, added: Record<string, SQLInputValue>): void => {
    conditions.push(condition);
    Object.assign(values, added);
  };
  if (orgId !== undefined) where('org_id = $org', { $org: orgId });
  if (movedBeforeMs !== undefined) where('moved_ms < $before', { $before: movedBeforeMs });
  if (movedSinceMs !== undefined) where('moved_ms >= $since', { $since: movedSinceMs });
  if (after !== undefined) {
    const [afterOrg, afterMs, afterTool, afterId] = after;
    where('(org_id, moved_ms, tool, intent_id) > ($afterOrg, $afterMs, $afterTool, $afterId)', {
      $afterOrg: afterOrg,
      $afterMs: afterMs,
      $afterTool: afterTool,
      $afterId: afterId,
    });
    // It follows from the line above, and takes the index straight to the page where one org fixes the first column.
    if (orgId !== undefined) where('moved_ms >= $afterMs', {});
  }
  return { conditions, values };
}
