import type { IdSource } from '../protocol/ids';

/** Words as transcripts stream them, each with the space before it: "Let", " me", " check". */
export function wordDeltas(text: string): string[] {
  return text.match(/\s*\S+(\s+$)?/g) ?? (text === '' ? [] : [text]);
}

/** Pieces of 1 to 6 characters, as function arguments stream (protocol reference, section 4.1). Never splits a pair of surrogates. */
export function argumentDeltas(text: string): string[] {
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < characters.length; turn += 1) {
    const length = PIECE_LENGTHS[turn % PIECE_LENGTHS.length] ?? 1;
    pieces.push(characters.slice(at, at + length).join(''));
    at += length;
  }
  return pieces;
}

/** Text that pads a delta to a length which tells nothing of what it carries (protocol reference, section 7). */
export function obfuscationFor(delta: string, ids: IdSource): string {
  return ids.padding(Math.max(1, 16 - delta.length));
}

/** Opening braces come as two characters, then it varies. */
const PIECE_LENGTHS = [2, 4, 3, 6, 1, 5];
