import { type Random, type Some } from './random';
import { type Tree } from './json';

/** Stands in everything that no client may see, and in nothing else. */
export const mark = 'SECRET';

export const instructions = `${mark} instructions`;
export const toolNames: Some<string> = [`${mark}_tool`, `${mark}_tool_2`];
export const callIds: Some<string> = [1, 2, 3, 4, 5].map((number) => `${mark}_call_${number}`) as [string, ...string[]];
export const hiddenItemIds: Some<string> = [1, 2, 3].map((number) => `item_${mark}_${number}`) as [string, ...string[]];
export const toolArguments: Some<string> = [`{"${mark}":1}`, `{"${mark}":`, mark];
export const toolOutput = `${mark} output`;

/** Names under which tools say things, none of them one that a client is shown. */
const telling: Some<string> = [
  'name',
  'call_id',
  'arguments',
  'tool',
  'instructions',
  'mcp',
  'server_label',
  'anything',
];

/** Something of a tool, as a text or as an object, where nobody expects it. */
export function plant(object: Tree, random: Random): void {
  // Metadata is the client's own, whatever is in it.
  if ('mine' in object) return;
  const secret = random.pick([...toolNames, ...callIds, ...toolArguments, instructions, toolOutput] as Some<string>);
  object[random.pick(telling)] = random.chance(0.5)
    ? secret
    : { [mark]: secret, type: 'function_call', list: [secret] };
}
