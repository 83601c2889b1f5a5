import { type IntentKey } from '../record';
import { type RedisKeys } from './keys';
import { type Operation } from './link';
import { parsed, type Standing } from './write';

/** What stands under these keys, which all are of one org, in their order. */
export async function readRecords(
  { send }: Operation,
  keys: RedisKeys,
  wanted: readonly IntentKey[],
): Promise<Standing[]> {
  const names = wanted.map((key) => keys.record(key));
  const [first] = names;
  if (first === undefined) return [];
  // MGET answers with a string or null for each key.
  const texts = (await send(first, ['MGET', ...names])) as (string | null)[];
  return texts.map((text) => parsed(text ?? ''));
}
