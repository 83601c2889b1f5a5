import { objectsIn, raw, type Tree, textOf } from './json';
import { type Random, type Some } from './random';
import { mark, plant } from './secrets';

/** A frame, and what was done to it. */
export interface Mutant {
  readonly frame: Buffer;
  readonly mutation: string;
}

/** Values where others are expected; some cannot be written as values. */
const values: Some<unknown> = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  '',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  'rly_1',
  'x'.repeat(600),
  [],
  {},
  [null],
  [[{}]],
  raw('1e400'),
  raw('-0'),
  raw('01'),
  raw('NaN'),
  raw(`${'['.repeat(500)}${']'.repeat(500)}`),
  raw(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`),
  raw('{"__proto__":{"type":"x"},"constructor":{"prototype":{}}}'),
  raw('{"type":"x","type":"y"}'),
];

const members: Some<string> = [
  'type',
  'event_id',
  'item',
  'session',
  'response',
  'id',
  'role',
  'status',
  '__proto__',
  'x',
];
const pieces: Some<string> = ['"', '\\', '}', '{', ',', ',"type":"x"', '\u0000', 'é', '\\u0074', '\n', ' ', '[', '0'];

type TreeMutation = (tree: Tree, random: Random) => void;
type TextMutation = (text: string, random: Random) => string | Buffer;

const treeMutations: Some<readonly [string, TreeMutation]> = [
  ['a member dropped', (tree, random) => void Reflect.deleteProperty(...memberIn(tree, random))],
  [
    'a member of another type',
    (tree, random) => {
      const [object, member] = memberIn(tree, random);
      object[member] = random.pick(values);
    },
  ],
  [
    'a member more',
    (tree, random) => {
      const object = random.pick(objectsIn(tree));
      // `__proto__` as a member of its own, as JSON.parse makes it.
      Object.defineProperty(object, random.pick(members), {
        value: random.pick(values),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    },
  ],
  [
    'a part in another place',
    (tree, random) => {
      const [from, source] = memberIn(tree, random);
      const [to, target] = memberIn(tree, random);
      const part = JSON.stringify(from[source]) as string | undefined;
      // Who speaks stays as it is: what the system says would else be the assistant's.
      if (part !== undefined && !part.includes(mark) && target !== 'role') to[target] = JSON.parse(part);
    },
  ],
  ['many members', (tree, random) => void Object.assign(random.pick(objectsIn(tree)), manyMembers)],
];

const textMutations: Some<readonly [string, TextMutation]> = [
  ['a piece cut out', (text, random) => splice(text, random, random.below(20), '')],
  ['a piece put in', (text, random) => splice(text, random, 0, random.pick(pieces))],
  ['a piece exchanged', (text, random) => splice(text, random, 1 + random.below(3), random.pick(pieces))],
  ['cut off', (text, random) => text.slice(0, random.below(text.length))],
  [
    'bytes flipped',
    (text, random) => {
      const bytes = Buffer.from(text);
      for (let flips = 1 + random.below(4); flips > 0; flips -= 1)
        bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    },
  ],
  [
    'a member twice',
    (text, random) => {
      const member = `${JSON.stringify(random.pick(members))}:${textOf(random.pick(values))}`;
      return random.chance(0.5) ? `{${member},${text.slice(1)}` : `${text.slice(0, -1)},${member}}`;
    },
  ],
  ['in a list', (text) => `[${text}]`],
  ['twice in one frame', (text) => text + text],
];

/** Ways of writing that change nothing. */
const spellings: Some<readonly [string, (text: string) => string]> = [
  ['an escaped key', (text) => text.replace('"type"', '"\\u0074ype"')],
  ['blanks', (text) => `\r\n\t ${text.replace('{', '{ \n').replace('":', '" :\t')}\n `],
  [
    'escaped values',
    (text) => text.replace(/:"([a-z])/g, (_all, letter: string) => `:"\\u00${letter.charCodeAt(0).toString(16)}`),
  ],
];

/** What a hostile client makes of an event; `other` is one to mix it with. */
export function mutateOfClient(tree: Tree, other: Tree, random: Random): Mutant {
  const choice = random.next();
  if (choice < 0.3) return { frame: Buffer.from(textOf(tree)), mutation: 'as it is' };
  if (choice < 0.6) return mutatedTree(tree, random);
  if (choice < 0.85) return mutatedText(tree, random);
  if (choice < 0.9) return spelled(tree, random);
  if (choice < 0.95) {
    const both = `${textOf(tree).slice(0, -1)},${textOf(other).slice(1)}`;
    return { frame: Buffer.from(both), mutation: 'two events in one' };
  }
  return garbage(random);
}

/**
 * What becomes of an event of upstream. Marks are put where tools say things, and no other change brings one to a place
 * where a client is shown what stands there.
 */
export function mutateOfUpstream(tree: Tree, isPlain: boolean, random: Random): Mutant {
  const choice = random.next();
  if (choice < 0.4) return { frame: Buffer.from(textOf(tree)), mutation: 'as it is' };
  if (choice < 0.6 && !isPlain) {
    plant(random.pick(objectsIn(tree)), random);
    return { frame: Buffer.from(textOf(tree)), mutation: 'a secret planted' };
  }
  if (choice < 0.8) return mutatedTree(tree, random);
  if (choice < 0.85) return spelled(tree, random);
  if (choice < 0.9) return garbage(random);
  return textOf(tree).includes(mark) ? mutatedTree(tree, random) : mutatedText(tree, random);
}

function mutatedTree(tree: Tree, random: Random): Mutant {
  const [mutation, mutate] = random.pick(treeMutations);
  mutate(tree, random);
  return { frame: Buffer.from(textOf(tree)), mutation };
}

function mutatedText(tree: Tree, random: Random): Mutant {
  const [mutation, mutate] = random.pick(textMutations);
  return { frame: Buffer.from(mutate(textOf(tree), random)), mutation };
}

function spelled(tree: Tree, random: Random): Mutant {
  const [mutation, spell] = random.pick(spellings);
  return { frame: Buffer.from(spell(textOf(tree))), mutation };
}

function garbage(random: Random): Mutant {
  const bytes = Buffer.alloc(random.below(80));
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = random.below(256);
  return { frame: bytes, mutation: 'garbage' };
}

function memberIn(tree: Tree, random: Random): [Tree, string] {
  const object = random.pick(objectsIn(tree));
  return [object, random.pickAny(Object.keys(object)) ?? 'x'];
}

function splice(text: string, random: Random, drop: number, piece: string): string {
  const at = random.below(text.length);
  return text.slice(0, at) + piece + text.slice(at + drop);
}

const manyMembers = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`m${index}`, index]));
