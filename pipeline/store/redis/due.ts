import { type IntentKey } from '../record';
import { type DueKind, keyOfMember, type RedisKeys } from './keys';
import { type Operation } from './link';
import { readRecords } from './read';
import { nothing, type Standing } from './write';

/** A record that may be due, as it stood when it was read. */
export interface Due {
  readonly key: IntentKey;
  readonly dueMs: number;
  readonly seen: Standing;
}

export interface FoundDue {
  readonly due: readonly Due[];
  /** Whether nothing more is due. */
  readonly isAll: boolean;
}

/** What is looked for. */
export interface DueSearch {
  readonly kind: DueKind;
  readonly orgs: readonly string[];
  /** The time at an org's server. */
  readonly nowMs: (orgId: string) => number;
  /** At most this many. */
  readonly limit: number;
}

/** Finds what is due, the longest due first. Each org gets its fair share, so that none that has thousands keeps others waiting. */
export async function findDue(operation: Operation, keys: RedisKeys, search: DueSearch): Promise<FoundDue> {
  const ranges = search.orgs.map((orgId) => ({ orgId, kind: search.kind, toMs: search.nowMs(orgId) }));
  const counts = await Promise.all(ranges.map((range) => count(operation, keys, range)));
  const shares = fairShares(counts, search.limit);
  const found = await Promise.all(ranges.map((range, place) => read(operation, keys, range, shares[place] ?? 0)));
  return {
    due: found.flat().sort((one, other) => one.dueMs - other.dueMs),
    isAll: shares.every((share, place) => share === counts[place]),
  };
}

/** Divides what there is so that whoever wants little gets it, and the others the same each. */
export function fairShares(wishes: readonly number[], available: number): number[] {
  const shares = wishes.map(() => 0);
  const modestFirst = wishes.map((wish, index) => ({ wish, index })).sort((one, other) => one.wish - other.wish);
  let left = available;
  modestFirst.forEach(({ wish, index }, place) => {
    const share = Math.min(wish, Math.ceil(left / (modestFirst.length - place)));
    shares[index] = share;
    left -= share;
  });
  return shares;
}

interface Range {
  readonly orgId: string;
  readonly kind: DueKind;
  readonly toMs: number;
}

async function count({ send }: Operation, keys: RedisKeys, { orgId, kind, toMs }: Range): Promise<number> {
  const index = keys.due(orgId, kind);
  return Number(await send(index, ['ZCOUNT', index, '-inf', String(toMs)]));
}

async function read(
  operation: Operation,
  keys: RedisKeys,
  { orgId, kind, toMs }: Range,
  limit: number,
): Promise<Due[]> {
  if (limit === 0) return [];
  const index = keys.due(orgId, kind);
  const range = ['ZRANGE', index, '-inf', String(toMs), 'BYSCORE', 'LIMIT', '0', String(limit), 'WITHSCORES'];
  // With scores a sorted set answers with pairs.
  const pairs = (await operation.send(index, range)) as [string, number][];
  const found = pairs.map(([member, dueMs]) => ({ key: keyOfMember(orgId, member), dueMs }));
  const standings = await readRecords(
    operation,
    keys,
    found.map(({ key }) => key),
  );
  return found.map((each, place) => ({ ...each, seen: standings[place] ?? nothing }));
}
