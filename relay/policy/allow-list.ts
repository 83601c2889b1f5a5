import { isJsonObject, type JsonObject } from '../json';

/**
 * The members an object keeps: names alone, or names with what the objects behind them keep, or with a function that
 * rebuilds the value. What is not named stays behind at every depth.
 */
export type AllowList = readonly string[] | { readonly [member: string]: AllowList | ((value: unknown) => unknown) };

/** Rebuilds an object from an allow-list, in the list's order. Of lists, only those of plain values are kept. */
export function keep(from: JsonObject, allowed: AllowList): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const members = isNames(allowed) ? allowed.map((name) => [name, []] as const) : Object.entries(allowed);
  for (const [name, inner] of members) {
    if (!Object.hasOwn(from, name)) continue;
    const value = from[name];
    if (typeof inner === 'function') kept[name] = inner(value);
    else if (isPlain(value)) kept[name] = value;
    else if (isJsonObject(value) && !isEmpty(inner)) kept[name] = keep(value, inner);
  }
  return kept;
}

function isNames(allowed: AllowList): allowed is readonly string[] {
  return Array.isArray(allowed);
}

function isEmpty(allowed: AllowList): boolean {
  return isNames(allowed) && allowed.length === 0;
}

/** True for a string, number, boolean, null, or a list of such. */
function isPlain(value: unknown): boolean {
  return Array.isArray(value) ? value.every((each) => typeof each !== 'object' || each === null) : !isJsonObject(value);
}
