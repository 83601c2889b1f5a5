import { z } from 'zod';
import { didYouMean } from './nearest';

/** One wrong setting: where it stands (variable or path in the config file) and what to do about it. */
export interface Problem {
  readonly setting: string;
  readonly message: string;
}

/**
 * Words for what zod finds wrong, for `safeParse(value, { error: wordsFor })`. Values are never repeated: they may be
 * secrets. Undefined leaves a message that a schema brought itself, or zod's own.
 */
export function wordsFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${nameOf(issue.expected)}, but is ${kindOf(issue.input)}`;
    case 'unrecognized_keys':
      return unknownKeys(issue.keys, knownKeys(issue.inst));
    case 'invalid_value':
      return mustBeOneOf(issue.values);
    case 'invalid_union':
      return ofUnion(issue);
    case 'too_small':
      return `must be ${quantity(issue.origin, `at least ${issue.minimum}`)}`;
    case 'too_big':
      return `must be ${quantity(issue.origin, `at most ${issue.maximum}`)}`;
    default:
      return undefined;
  }
}

/** Turns zod's issues into problems; `nameFor` says how the place is known to whoever set it. */
export function problemsOf(error: z.ZodError, nameFor: (path: readonly PropertyKey[]) => string): Problem[] {
  return error.issues.flatMap(unfolded).map((issue) => ({ setting: nameFor(issue.path), message: detailOf(issue) }));
}

/** All problems as the text a person reads, one line each. */
export function describeProblems(problems: readonly Problem[]): string {
  const heading = problems.length === 1 ? '1 setting is wrong:' : `${problems.length} settings are wrong:`;
  return [heading, ...problems.map(({ setting, message }) => `  ${setting}: ${message}`)].join('\n');
}

/** A path in the config file as one writes it: `orgs.acme.apiKeys[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** Where one of several shapes is meant and is only wrong inside, what is wrong there says more than that none fits. */
function unfolded(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((shape) => shape.every(({ path }) => path.length > 0));
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => unfolded({ ...inner, path: [...issue.path, ...inner.path] }));
}

function ofUnion({ errors, options }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string | undefined {
  if (Array.isArray(options)) return mustBeOneOf(options);
  const shapes = errors.flatMap(([first]) => first?.message ?? []);
  return shapes.length === 0 ? undefined : shapes.join(', or ');
}

function mustBeOneOf(values: readonly unknown[]): string {
  return `must be ${values.map((value) => JSON.stringify(value)).join(', ')}`.replace(/, ([^,]*)$/, ' or $1');
}

/** A wrong key of a record carries its own issues; their words are the useful ones. */
function detailOf(issue: z.core.$ZodIssue): string {
  const inner = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return inner ? `its name ${inner.message}` : issue.message;
}

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const named = keys.map((key) => `"${key}"${didYouMean(key, known)}`).join(', ');
  return `${keys.length === 1 ? 'has an unknown setting' : 'has unknown settings'} ${named}`;
}

const knownKeys = (schema: unknown): string[] => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []);

function quantity(origin: string, amount: string): string {
  if (origin === 'string') return `${amount} characters long`;
  if (origin === 'array') return `a list of ${amount}`;
  return amount;
}

const articles: Partial<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const nameOf = (expected: string) => articles[expected] ?? expected;

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return articles[typeof value] ?? `a ${typeof value}`;
}
