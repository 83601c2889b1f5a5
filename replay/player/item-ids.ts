import { isRecord } from '../../simulator/protocol/json';
import type { RecordedEvent } from '../recording/format';
import type { Seen } from './seen';

/**
 * Ids a server gave out differ in every session. What a client says of them is said of the one that came in the same place:
 * the so-manieth item of its sort, or the so-manieth call.
 */
export type IdPlaces = ReadonlyMap<string, IdPlace>;

interface IdPlace {
  readonly sort: string;
  readonly nth: number;
}

/** Ids as they came, by sort. */
export type IdsSeen = Readonly<Record<string, readonly string[]>>;

/** Adds what an event tells of ids. */
export function addIds(seen: IdsSeen, event: Seen): IdsSeen {
  if (event.kind !== 'item') return seen;
  const withItem = added(seen, event.sort, event.id);
  return event.callId === undefined ? withItem : added(withItem, callSort, event.callId);
}

export function placesOf(seen: IdsSeen): IdPlaces {
  return new Map(Object.entries(seen).flatMap(([sort, ids]) => ids.map((id, nth) => [id, { sort, nth }] as const)));
}

/**
 * A client's event with the ids of this session in place of the recorded ones.
 *
 * @returns undefined where it speaks of what is not there yet, or never came.
 */
export function retarget(event: RecordedEvent, places: IdPlaces, seen: IdsSeen): RecordedEvent | undefined {
  const missing: string[] = [];
  const translated = (id: string) => {
    const place = places.get(id);
    if (place === undefined) return id;
    const here = seen[place.sort]?.[place.nth];
    if (here === undefined) missing.push(id);
    return here ?? id;
  };
  const result = walk(event, translated);
  // An answer has another id in every session, and there is only one that can be meant.
  if (event.type === 'response.cancel') delete result['response_id'];
  return missing.length === 0 ? { ...result, type: event.type } : undefined;
}

const callSort = 'call';

/** The members that name an item or a call; `id` does so only in a reference. */
const idMembers = new Set(['item_id', 'previous_item_id', 'call_id']);

function added(seen: IdsSeen, sort: string, id: string): IdsSeen {
  const ids = seen[sort] ?? [];
  return ids.includes(id) ? seen : { ...seen, [sort]: [...ids, id] };
}

function walk(value: Record<string, unknown>, translated: (id: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isId = idMembers.has(name) || (name === 'id' && value['type'] === 'item_reference');
      if (typeof member === 'string') return [name, isId ? translated(member) : member];
      return [name, walkAny(member, translated)];
    }),
  );
}

function walkAny(value: unknown, translated: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((element) => walkAny(element, translated));
  return isRecord(value) ? walk(value, translated) : value;
}
