import { type IntentKey, type IntentRecord, type IntentState, overAtMs, tryAtMs } from '../record';
import { memberOf, type RedisKeys } from './keys';
import { script } from './script';

/** The text of a record with what it says. No text means that there is none. */
export interface Standing {
  readonly text: string;
  readonly record: IntentRecord | undefined;
}

export const nothing: Standing = { text: '', record: undefined };

/** Reads what `standingOf` wrote. */
export function parsed(text: string): Standing {
  // Nobody else writes these keys.
  return text === '' ? nothing : { text, record: JSON.parse(text) as IntentRecord };
}

export function standingOf(record: IntentRecord | undefined): Standing {
  return record === undefined ? nothing : { text: JSON.stringify(record), record };
}

/**
 * Puts one record in the place of another, with its indexes, and tells whoever watches it; or writes nothing and answers
 * what stands there.
 *
 * It writes only if there stands to the letter what the decision was made on, and only while that decision is fresh by
 * the server's clock: a command that lay in a queue, or in front of a server that was stopped, changes nothing any more.
 * A full server refuses only the first write of a script, so that one must need room; the record itself is written last, so
 * that nothing is kept unless all of it is.
 *
 * KEYS: record, the index of what will be over, that of what will be tried, the state it leaves, the state it comes to
 * ARGV: what stands there, what shall (empty: nothing), member, time of the decision (empty: any), for how long it is
 *       good, when it moved, when it is over, when it is tried (empty: never)
 * Answers { written or not, the server's time in microseconds, what stands there unless written }
 */
export const writeScript = script(`
local stands = redis.call('GET', KEYS[1]) or ''
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local fresh = true
if ARGV[4] ~= '' then
  local age = micros / 1000 - tonumber(ARGV[4])
  fresh = age >= 0 and age <= tonumber(ARGV[5])
end
if stands ~= ARGV[1] or not fresh then return { 0, micros, stands } end

local next = ARGV[2]
if next == '' then
  for place = 2, 4 do redis.call('ZREM', KEYS[place], ARGV[3]) end
  redis.call('DEL', KEYS[1])
elseif next ~= stands then
  redis.call('ZADD', KEYS[5], ARGV[6], ARGV[3])
  if KEYS[4] ~= KEYS[5] then redis.call('ZREM', KEYS[4], ARGV[3]) end
  for place = 2, 3 do
    local at = ARGV[5 + place]
    if at == '' then redis.call('ZREM', KEYS[place], ARGV[3]) else redis.call('ZADD', KEYS[place], at, ARGV[3]) end
  end
  redis.call('SET', KEYS[1], next)
end
if next ~= stands then redis.pcall('PUBLISH', KEYS[1], '') end
return { 1, micros }
`);

/** One call of the script. */
export interface Write {
  readonly key: IntentKey;
  readonly believed: Standing;
  readonly next: Standing;
  /** When the decision was made, and for how long it is good, in milliseconds; absent: at any time. */
  readonly decided?: { readonly atMs: number; readonly goodForMs: number };
  /** The index to take it from where there is no record that tells. Default: the one it stands in. */
  readonly leaves?: IntentState;
}

export function writeArguments(keys: RedisKeys, write: Write): { readonly keys: string[]; readonly args: string[] } {
  const { key, believed, next, decided, leaves } = write;
  const { orgId } = key;
  const to = next.record?.state;
  const from = leaves ?? believed.record?.state ?? to ?? 'NOT_SENT';
  return {
    keys: [
      keys.record(key),
      keys.due(orgId, 'over'),
      keys.due(orgId, 'try'),
      keys.inState(orgId, from),
      keys.inState(orgId, to ?? from),
    ],
    args: [
      believed.text,
      next.text,
      memberOf(key),
      String(decided?.atMs ?? ''),
      String(decided?.goodForMs ?? ''),
      String(next.record?.updatedAtMs ?? ''),
      String((next.record && overAtMs(next.record)) ?? ''),
      String((next.record && tryAtMs(next.record)) ?? ''),
    ],
  };
}

export type WriteReply = { readonly serverMs: number } & (
  | { readonly isWritten: true }
  /** Something else stands there, or it was too late. */
  | { readonly isWritten: false; readonly stands: Standing }
);

export function readWriteReply(reply: unknown): WriteReply {
  // As the script above returns it.
  const [isWritten, micros, stands = ''] = reply as [number, number, string?];
  const serverMs = micros / 1000;
  return isWritten === 1 ? { isWritten: true, serverMs } : { isWritten: false, serverMs, stands: parsed(stands) };
}
