import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isFresh } from '../fresh';
import type { WebhookRequest } from '../line';

/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const derHead = Buffer.from('302a300506032b6570032100', 'hex');

/** A key as the portal shows it: base64 of 32 bytes. */
export function telnyxKey(base64: string): KeyObject {
  return createPublicKey({ key: Buffer.concat([derHead, Buffer.from(base64, 'base64')]), format: 'der', type: 'spki' });
}

/**
 * Whether a webhook is signed by Telnyx: Ed25519 over time and body (telephony reference, section 4).
 *
 * @param keys one of which signed; several while one takes the place of another.
 * @param nowMs The clock, in milliseconds since 1970.
 */
export function isTelnyxSigned(
  keys: readonly KeyObject[],
  { headers, body }: Pick<WebhookRequest, 'headers' | 'body'>,
  nowMs: number = Date.now(),
): boolean {
  const { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature } = headers;
  if (typeof timestamp !== 'string' || typeof signature !== 'string') return false;
  if (!isFresh(timestamp, nowMs)) return false;
  const [signed, given] = [Buffer.from(`${timestamp}|${body}`), Buffer.from(signature, 'base64')];
  return keys.some((key) => verify(null, signed, key, given));
}
