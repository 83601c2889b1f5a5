/** How records are listed in pages: their order, the cursor between two pages, and how large a page may be. */
import { IntentCursorError } from './errors';
import { type IntentRecord } from './record';
import { type IntentPage, type IntentQuery } from './store';

/** Most records on one page; whoever asks for more gets this many and a `next`. */
export const maxPageRecords = 1_000;

/** Where a record stands in the order of listing: by its members, one after the other. */
export type Position = readonly [orgId: string, movedAtMs: number, tool: string, intentId: string];

export function positionOf({ key, updatedAtMs }: IntentRecord): Position {
  return [key.orgId, updatedAtMs, key.tool, key.intentId];
}

/** Whether the first stands before the second. */
export function isBefore(first: Position, second: Position): boolean {
  const index = first.findIndex((member, place) => member !== second[place]);
  const [one, other] = [first[index], second[index]];
  return one !== undefined && other !== undefined && one < other;
}

/** Whether the query asks for this record, wherever the page begins. */
export function isWanted({ key, state, updatedAtMs }: IntentRecord, query: IntentQuery): boolean {
  return (
    (query.orgId === undefined || key.orgId === query.orgId) &&
    (query.state === undefined || state === query.state) &&
    (query.movedBeforeMs === undefined || updatedAtMs < query.movedBeforeMs) &&
    (query.movedSinceMs === undefined || updatedAtMs >= query.movedSinceMs)
  );
}

/** How many records the page may hold. */
export function pageSize({ limit }: Pick<IntentQuery, 'limit'>): number {
  return Math.min(Math.max(1, Math.floor(limit) || 1), maxPageRecords);
}

/**
 * Makes the page of what was found.
 *
 * @param found in order, one more than the page may hold where there are more
 */
export function pageOf(found: readonly IntentRecord[], query: Pick<IntentQuery, 'limit'>): IntentPage {
  const records = found.slice(0, pageSize(query));
  const last = records.at(-1);
  return last === undefined || records.length === found.length ? { records } : { records, next: cursorAt(last) };
}

/** Where the record before the page stands; undefined for the first page. @throws IntentCursorError */
export function positionBefore({ after }: Pick<IntentQuery, 'after'>): Position | undefined {
  if (after === undefined) return undefined;
  const position = parsed(Buffer.from(after, 'base64url').toString());
  if (!isPosition(position)) throw new IntentCursorError();
  return position;
}

function cursorAt(record: IntentRecord): string {
  return Buffer.from(JSON.stringify(positionOf(record))).toString('base64url');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPosition(value: unknown): value is Position {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const types = value.map((member) => typeof member);
  return types.join() === 'string,number,string,string';
}
