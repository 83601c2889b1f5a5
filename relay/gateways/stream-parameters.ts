import { isJsonObject } from '../json';

/** What a stream was given to bring along: the texts and numbers among an object's members; nothing of anything else. */
export function streamParameters(members: unknown): Readonly<Record<string, string>> {
  return isJsonObject(members) ? parametersOf(Object.entries(members)) : {};
}

/** The same, of names and values that did not come as an object. */
export function parametersOf(pairs: readonly (readonly [string, unknown])[]): Readonly<Record<string, string>> {
  const told = pairs.flatMap(([name, value]): (readonly [string, string])[] =>
    name !== '' && (typeof value === 'string' || typeof value === 'number') ? [[name, String(value)]] : [],
  );
  return Object.fromEntries(told);
}
