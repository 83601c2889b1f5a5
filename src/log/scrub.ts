import { errorName, errorPlaces, escapeUnprintable } from '../../pipeline';

/**
 * What may stand in a log line. The rule for everyone who logs is to log ids, names, states, codes, sizes and times and
 * nothing else; this is the net below that rule.
 */

const redacted = '[redacted]';

/** Names under which secrets or personal data would stand. */
const tellingName =
  /(api_?key|secret|token|password|authorization|cookie|credential|headers|url|uri|args|arguments|audio|delta|transcript|instructions|e?mail|attendee|title|body|payload|text|prompt|output|input)$/i;

const maxDepth = 5;
const maxEntries = 50;
const maxTextLength = 500;

/** The fields of a log line as they may be written: telling names blanked, texts cleaned, everything bounded. */
export function scrubFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const kept = Object.entries(fields).slice(0, maxEntries);
  return Object.fromEntries(kept.map(([name, value]) => [name, scrubNamed(name, value, depth)]));
}

/**
 * A text without credentials, addresses of people, and whatever follows the host in a URL. What does not print is escaped,
 * so that no terminal or reader of logs takes it for a command or for a line of its own.
 */
export function scrubText(text: string): string {
  const clean = text
    .slice(0, maxTextLength * 4)
    .replace(/\b((?:https?|wss?|rediss?(?:-cluster)?):\/\/)(?:[^\s/?#"'@]*@)?([^\s/?#"']+)[/?#][^\s"']*/gi, '$1$2/…')
    .replace(/\b(?:sk-|ek_|whsec_)[\w.+/=-]{6,}/g, redacted)
    .replace(/\b(Bearer|Basic) +\S+/gi, `$1 ${redacted}`)
    .replace(/[^\s"'<>@]+@[^\s"'<>@]+\.[^\s"'<>@]+/g, redacted);
  const printed = escapeUnprintable(clean);
  return printed.length > maxTextLength ? `${printed.slice(0, maxTextLength)}…` : printed;
}

/**
 * An error as it may be logged: its class, its code and where it was thrown, and so on for its causes. Its message is left
 * out, because messages quote URLs, headers and input.
 */
export function errorFacts(error: Error, depth = 0): Record<string, unknown> {
  const { code }: Error & { readonly code?: unknown } = error;
  return {
    type: errorName(error),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: scrubValue(code, depth) } : {}),
    stack: errorPlaces(error).slice(0, 12).map(scrubText),
    ...(error.cause instanceof Error && depth < maxDepth ? { cause: errorFacts(error.cause, depth + 1) } : {}),
  };
}

const scrubNamed = (name: string, value: unknown, depth: number) =>
  tellingName.test(name) && isContent(value) ? redacted : scrubValue(value, depth);

/** Numbers and flags tell nothing; a count called `output` may be written. */
const isContent = (value: unknown) => typeof value === 'string' || (typeof value === 'object' && value !== null);

function scrubValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return errorFacts(value, depth);
  if (depth >= maxDepth) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, maxEntries).map((entry) => scrubValue(entry, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return scrubFields({ ...value }, depth + 1);
  return value instanceof Date ? value.toISOString() : `[${value.constructor.name}]`;
}
