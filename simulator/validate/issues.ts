import type { z } from 'zod';
import { type Refusal, refuse } from '../protocol/refusal';

/** The outcome of looking at something a client sent. */
export type Judged<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/**
 * Checks a value against a schema and puts the first fault in OpenAI's words (protocol reference, section 6.1).
 * @param at the path that stands before the schema's own paths in `param`, such as `session`.
 */
export function judge<S extends z.ZodType>(schema: S, value: unknown, at = ''): Judged<z.output<S>> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  if (issue === undefined) return { ok: false, refusal: refuse('invalid_value', 'Invalid value.', at || null) };
  return { ok: false, refusal: fromIssue(issue, at) };
}

type Issue = z.core.$ZodIssue;

function fromIssue(issue: Issue, at: string): Refusal {
  const param = join(at, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const unknown = join(param, [issue.keys[0] ?? '']);
    return refuse('unknown_parameter', `Unknown parameter: '${unknown}'.`, unknown);
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const inner = closestBranch(issue.errors);
    if (inner !== undefined) return fromIssue(inner, param);
  }
  if (issue.input === undefined) {
    return refuse('missing_required_parameter', `Missing required parameter: '${param}'.`, param);
  }
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return refuse(
      'string_above_max_length',
      `Invalid '${param}': string too long. Expected a string with maximum length ${issue.maximum.toString()}.`,
      param,
    );
  }
  return refuse('invalid_value', wording(issue, param), param);
}

function wording(issue: Issue, param: string): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Invalid type for '${param}': expected ${article(issue.expected)}, but got ${kindOf(issue.input)} instead.`;
    case 'invalid_value':
      return `Invalid value: ${show(issue.input)}. Supported values are: ${issue.values.map(show).join(', ')}.`;
    case 'too_small':
      return `Invalid '${param}': expected at least ${issue.minimum.toString()}, but got ${show(issue.input)} instead.`;
    case 'too_big':
      return `Invalid '${param}': expected at most ${issue.maximum.toString()}, but got ${show(issue.input)} instead.`;
    default:
      return issue.message === 'Invalid input' ? `Invalid value for '${param}'.` : issue.message;
  }
}

/** Of a union's branches, the one the value came nearest to: a wrong kind of value at the very top is the furthest. */
function closestBranch(branches: readonly (readonly Issue[])[]): Issue | undefined {
  const faults = branches.map((issues) => issues[0]).filter((issue) => issue !== undefined);
  return faults.find((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys') ?? faults[0];
}

function join(at: string, path: readonly PropertyKey[]): string {
  let joined = at;
  for (const key of path) {
    if (typeof key === 'number') joined += `[${key}]`;
    else joined += joined === '' ? String(key) : `.${String(key)}`;
  }
  return joined;
}

function article(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return article(Array.isArray(value) ? 'array' : typeof value);
}

/** A received value as it appears in a message, shortened: some are megabytes of audio. */
function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? String(value) : kindOf(value);
}
