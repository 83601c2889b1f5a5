/** A JSON object that may be changed at any place. */
export type Tree = { [member: string]: unknown };

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text that stands in JSON as it is, where no value could be written so: see `textOf`. */
export const raw = (text: string): string => `@raw:${text}@`;

/** The JSON of a tree, with what `raw` made in its own spelling. */
export function textOf(tree: unknown): string {
  const text = JSON.stringify(tree);
  return text.includes('"@raw:')
    ? text.replace(/"@raw:((?:[^"\\]|\\.)*?)@"/g, (_all, inner: string) => String(JSON.parse(`"${inner}"`)))
    : text;
}

/** All objects in a tree, itself first. */
export function objectsIn(tree: Tree): [Tree, ...Tree[]] {
  const found: [Tree, ...Tree[]] = [tree];
  for (const object of found) {
    for (const value of Object.values(object)) {
      for (const inner of Array.isArray(value) ? (value as unknown[]) : [value]) if (isTree(inner)) found.push(inner);
    }
  }
  return found;
}
