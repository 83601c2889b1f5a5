import { type z } from 'zod';
import { type Json, type JsonObject } from './json';
import { printable, printableName } from './printable';
import { type Field, type Tool } from './tool';

/** Most faults that are named one by one; of more, the number is given. */
export const maxNamedFaults = 10;

/** The arguments as the schema should see them: absent values gone. */
export interface PresentArguments {
  readonly args: JsonObject;
  /** Required fields without a value, in the tool's order. */
  readonly missing: readonly string[];
}

/**
 * Sorts values from their absence. Null, "" and blank text are no value: in an optional field they are dropped, in a
 * required one they are missing. A field whose schema takes null keeps it.
 */
export function presentArguments(fields: readonly Field[], given: JsonObject): PresentArguments {
  const empty = fields.filter((field) => isEmpty(ownMember(given, field.name), field)).map(({ name }) => name);
  return {
    args: Object.fromEntries(Object.entries(given).filter(([name]) => !empty.includes(name))),
    missing: fields.filter(({ name, isRequired }) => isRequired && empty.includes(name)).map(({ name }) => name),
  };
}

/**
 * Everything that is wrong with arguments, as one sentence without a full stop for the model: missing fields first, in
 * the tool's order, then the others as `Invalid <field>: <rule>, received <value>`, joined by `; `. Undefined if nothing
 * is wrong.
 */
export function describeFaults(
  tool: Tool,
  { args, missing }: PresentArguments,
  issues: readonly z.core.$ZodIssue[],
): string | undefined {
  const known = new Set(tool.fields.map(({ name }) => name));
  const faults = [
    ...issues
      .filter(({ path }) => path.length > 0 && !missing.includes(String(path[0])))
      .map((issue) => invalid(pathText(issue.path), ruleOf(issue), valueAt(args, issue.path))),
    ...issues.filter((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys').map(wholeFault),
    ...Object.entries(args)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => invalid(printableName(name), `${tool.name} has no such field`, value)),
  ];
  const named = faults.slice(0, maxNamedFaults);
  if (faults.length > named.length) named.push(`and ${faults.length - named.length} more`);
  if (missing.length > 0) named.unshift(`Missing required fields: ${missing.join(', ')}`);
  return named.length === 0 ? undefined : named.join('; ');
}

function isEmpty(value: Json | undefined, field: Field): boolean {
  if (value === null) return !field.takesNull;
  return value === undefined || (typeof value === 'string' && value.trim() === '');
}

function invalid(field: string, rule: string, value: unknown): string {
  return `Invalid ${field}: ${rule}, received ${printable(value)}`;
}

/** A fault of the arguments together, which the rule has to name itself. */
function wholeFault(issue: z.core.$ZodIssue): string {
  return `Invalid arguments: ${ruleOf(issue)}`;
}

/** The rule in the schema's own words; zod's standard sentences lose their opening and what they say was received. */
function ruleOf({ message }: z.core.$ZodIssue): string {
  return message.replace(/^(?:Invalid input|Invalid option|Too small|Too big): /, '').replace(/, received [^,]*$/, '');
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return printableName(text.slice(1));
}

function valueAt(args: JsonObject, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(ownMember, args);
}

/** Own members only: a field called `constructor` must not find what every object inherits. */
function ownMember<T>(holder: { readonly [key: string]: T }, key: PropertyKey): T | undefined;
function ownMember(holder: unknown, key: PropertyKey): unknown;
function ownMember(holder: unknown, key: PropertyKey): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined;
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}
