import { jsonText } from './json';

/** Longest text `printable` gives for a value, in characters. */
export const maxPrintedCharacters = 80;

/**
 * A value as it may stand in a sentence for the model: its JSON, cut to 80 characters, with everything that does not
 * print (controls, direction marks, lone surrogates) escaped.
 */
export function printable(value: unknown): string {
  return cut(escapeUnprintable(jsonOf(value)));
}

/** A name from outside, such as that of an unknown field, without quotes; otherwise as `printable`. */
export function printableName(name: string): string {
  return cut(escapeUnprintable(name));
}

/** JSON of the value, or a word for what has none. */
function jsonOf(value: unknown): string {
  try {
    return jsonText(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

/** A text with everything that does not print as an escape such as `\u000a`. */
export function escapeUnprintable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

function cut(text: string): string {
  if (text.length <= maxPrintedCharacters) return text;
  // A cut through a surrogate pair would leave half a character.
  return `${text.slice(0, maxPrintedCharacters - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
