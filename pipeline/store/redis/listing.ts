import { isBefore, isWanted, pageSize, type Position, positionOf } from '../page';
import { type IntentKey, type IntentRecord, intentStates, type IntentState } from '../record';
import { type IntentQuery } from '../store';
import { keyOfMember, type RedisKeys } from './keys';
import { type Operation } from './link';
import { readRecords } from './read';

export interface Search {
  readonly query: IntentQuery;
  /** Where the page begins: after this. Undefined for the first one. */
  readonly before: Position | undefined;
  /** All that may have records, sorted. */
  readonly orgs: readonly string[];
  /** Told of what stands in an index and nowhere else. */
  readonly onGone: (key: IntentKey) => Promise<void>;
}

/** Finds the records of a page and one more, in order. */
export async function findRecords(operation: Operation, keys: RedisKeys, search: Search): Promise<IntentRecord[]> {
  const { query, before, orgs } = search;
  const wanted = pageSize(query) + 1;
  const found: IntentRecord[] = [];
  for (const orgId of orgs) {
    if (before !== undefined && orgId < before[0]) continue;
    let after = before?.[0] === orgId ? before : undefined;
    while (found.length < wanted) {
      const places = await findPlaces(operation, keys, { query, orgId, after, count: wanted - found.length });
      const last = places.at(-1);
      if (last === undefined) break;
      found.push(...(await readPlaces(operation, keys, search, orgId, places)));
      after = last.position;
    }
    if (found.length >= wanted) break;
  }
  return found;
}

/** Where the indexes say that a record is. */
interface Place {
  readonly state: IntentState;
  readonly position: Position;
}

interface Stretch {
  readonly query: IntentQuery;
  readonly orgId: string;
  readonly after: Position | undefined;
  readonly count: number;
}

/** The next places of an org: each wanted state has an index by time, and these are merged. */
async function findPlaces(operation: Operation, keys: RedisKeys, stretch: Stretch): Promise<Place[]> {
  const { state } = stretch.query;
  const states = state === undefined ? intentStates : [state];
  const places = await Promise.all(states.map((each) => findInState(operation, keys, each, stretch)));
  return places.flat().sort(inOrder).slice(0, stretch.count);
}

/** At least the next so many, if there are as many. */
async function findInState(
  { send }: Operation,
  keys: RedisKeys,
  state: IntentState,
  { query, orgId, after, count }: Stretch,
): Promise<Place[]> {
  const index = keys.inState(orgId, state);
  const from = Math.max(query.movedSinceMs ?? 0, after?.[1] ?? 0);
  const to = query.movedBeforeMs === undefined ? '+inf' : `(${query.movedBeforeMs}`;
  const places: Place[] = [];
  for (let offset = 0; ; offset += count) {
    const limit = ['LIMIT', String(offset), String(count), 'WITHSCORES'];
    // With scores a sorted set answers with pairs.
    const pairs = (await send(index, ['ZRANGE', index, String(from), to, 'BYSCORE', ...limit])) as [string, number][];
    for (const [member, movedAtMs] of pairs) {
      const { tool, intentId } = keyOfMember(orgId, member);
      const position: Position = [orgId, movedAtMs, tool, intentId];
      if (after === undefined || isBefore(after, position)) places.push({ state, position });
    }
    if (pairs.length < count) return places;
    // Of those that moved in one millisecond Redis has its own order, so they are complete only when a later one is seen.
    const lastMs = pairs.at(-1)?.[1] ?? 0;
    if (places.filter(({ position }) => position[1] < lastMs).length >= count) return places;
  }
}

/** The records at these places. What has moved from there meanwhile is left out: it stands further on. */
async function readPlaces(
  operation: Operation,
  keys: RedisKeys,
  { query, onGone }: Search,
  orgId: string,
  places: readonly Place[],
): Promise<IntentRecord[]> {
  const wanted = places.map(({ position: [, , tool, intentId] }) => ({ orgId, tool, intentId }));
  const standings = await readRecords(operation, keys, wanted);
  await Promise.all(wanted.filter((_key, index) => standings[index]?.record === undefined).map(onGone));
  return places.flatMap(({ state, position }, index) => {
    const record = standings[index]?.record;
    if (record?.state !== state || !isWanted(record, query)) return [];
    return isSame(positionOf(record), position) ? [record] : [];
  });
}

function isSame(one: Position, other: Position): boolean {
  return one.every((member, place) => member === other[place]);
}

function inOrder(one: Place, other: Place): number {
  return isBefore(one.position, other.position) ? -1 : 1;
}
