import { isPlainObject } from '../plain-object';
import { pathText, type Problem } from './problems';

/** Variables by name; a blank one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces every `${NAME}` in the strings of settings by the environment's variable of that name, at any depth. Names of
 * settings are left alone, and so is anything that is no plain object, list or string.
 *
 * @returns The new value; a name that is not set becomes a problem that names the place, and is left as it stands.
 */
export function interpolate(
  settings: Readonly<Record<string, unknown>>,
  environment: Environment,
): { value: Record<string, unknown>; problems: Problem[] } {
  const problems: Problem[] = [];

  const visit = (part: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof part === 'string') return fill(part, path);
    if (Array.isArray(part)) return part.map((entry, index) => visit(entry, [...path, index]));
    return isPlainObject(part) ? visitAll(part, path) : part;
  };

  const visitAll = (parts: Readonly<Record<string, unknown>>, path: readonly PropertyKey[]) =>
    Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, visit(part, [...path, key])]));

  const fill = (text: string, path: readonly PropertyKey[]) => {
    const missing = new Set<string>();
    const filled = text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (reference, name: string) => {
      const found = environment[name];
      if (found === undefined || found === '') missing.add(reference);
      return found ?? reference;
    });
    for (const reference of missing) {
      problems.push({
        setting: pathText(path),
        message: `refers to ${reference}, which is not set in the environment`,
      });
    }
    return filled;
  };

  return { value: visitAll(settings, []), problems };
}
