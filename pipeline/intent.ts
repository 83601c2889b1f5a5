/**
 * The identity of an intent: what makes two tool calls the same wish.
 *
 * The id is short and made from the key fields alone; together with org and tool it is the key in the store. The
 * fingerprint covers all arguments: the same id with another fingerprint is a conflict, and nothing is sent for it.
 */
import { createHash } from 'node:crypto';
import { canonicalJson, type Json, normalText } from './json';

/** Hexadecimal digits of an intent id. */
export const intentIdDigits = 16;

/**
 * The id of an intent: the first 16 hexadecimal digits of SHA-256 over its key fields, in Unicode form NFC, joined
 * by `|`. Fields should be such that the join can be read in one way; where it cannot, the fingerprint tells the two
 * intents apart and the second is answered `conflict`.
 *
 * @throws TypeError for a lone surrogate.
 */
export function intentId(keyFields: readonly string[]): string {
  return sha256(keyFields.map(normalText).join('|')).slice(0, intentIdDigits);
}

/**
 * The fingerprint of a call: SHA-256, in hexadecimal, over its canonical arguments.
 *
 * @throws TypeError where `canonicalJson` does.
 */
export function fingerprint(canonicalArguments: Json): string {
  return sha256(canonicalJson(canonicalArguments));
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
