import { isPlainObject } from '../plain-object';

/**
 * `over` laid over `base`, object by object; anything else in `over` replaces. Objects of another `type` replace as well,
 * because what belongs to one kind of turn detection or audio format is unknown to another.
 */
export function mergeDeep(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isPlainObject(base) || !isPlainObject(over)) return over;
  if (over['type'] !== undefined && base['type'] !== undefined && over['type'] !== base['type']) return over;
  const names = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...names].map((name) => [name, mergeDeep(base[name], over[name])]));
}
