import { fromJson, isJsonObject, type Json, type JsonObject, jsonText } from './json';
import { type PipelineLimits } from './limits';
import { printable, printableName } from './printable';

/** The arguments of a call as an object of JSON, or the one reason why they are none. */
export type ArgumentsReading =
  { readonly kind: 'read'; readonly args: JsonObject } | { readonly kind: 'refused'; readonly fault: string };

/**
 * Reads `tool_args`: an object, or a JSON string of one; a blank string is an object without members.
 *
 * Size and depth are bounded before anything looks at the content. Both forms go through one text and one parse: what
 * is validated, hashed and sent is plain JSON, without getters, prototypes or shared parts. Of a repeated key the last
 * one counts, everywhere. Never throws.
 */
export function readArguments(
  toolArgs: unknown,
  limits: Pick<PipelineLimits, 'toolArgumentBytes' | 'toolArgumentDepth'>,
): ArgumentsReading {
  const text = typeof toolArgs === 'string' ? toolArgs : textOf(toolArgs);
  if (text === undefined) return refused(`must be a JSON object, received ${printable(toolArgs)}`);
  if (text.trim() === '') return { kind: 'read', args: {} };

  const bytes = Buffer.byteLength(text);
  if (bytes > limits.toolArgumentBytes) {
    return refused(`must be at most ${limits.toolArgumentBytes} bytes, received ${bytes} bytes`);
  }
  if (isDeeper(text, limits.toolArgumentDepth)) {
    return refused(`must be nested at most ${limits.toolArgumentDepth} levels deep, received more levels`);
  }
  const args = fromJson(text);
  if (!isJsonObject(args)) return refused(`must be a JSON object, received ${printable(toolArgs)}`);

  const broken = Object.entries(args).find(([name, value]) => !name.isWellFormed() || !isWellFormed(value));
  if (broken !== undefined) {
    const [name, value] = broken;
    return {
      kind: 'refused',
      fault: `Invalid ${printableName(name)}: must be well-formed Unicode, received ${printable(value)}`,
    };
  }
  return { kind: 'read', args };
}

function refused(rule: string): ArgumentsReading {
  return { kind: 'refused', fault: `Invalid tool_args: ${rule}` };
}

/** JSON text of anything but a string; undefined for what has none, such as a cycle or nesting past the stack. */
function textOf(value: unknown): string | undefined {
  try {
    return jsonText(value);
  } catch {
    return undefined;
  }
}

/** Whether brackets outside of strings nest deeper than `maxDepth`. Reads the text once, without recursion. */
function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

/** Whether every text in the value is whole characters. Recursion is bounded: the depth was checked before. */
function isWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWellFormed(member));
}
