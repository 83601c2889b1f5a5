import { createHmac } from 'node:crypto';

/** Fewest and most bytes of a signing secret. */
const minSecretBytes = 24;
const maxSecretBytes = 64;

/**
 * The key in a signing secret: base64 of 24 to 64 bytes, with or without the prefix `whsec_`, as Standard Webhooks
 * writes it. Undefined if it is anything else.
 */
export function signingKey(secret: string): Buffer | undefined {
  const text = secret.replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length >= minSecretBytes && key.length <= maxSecretBytes ? key : undefined;
}

/**
 * The headers of Standard Webhooks: id, time in whole seconds, and one signature per key over
 * `<id>.<seconds>.<body>`, separated by spaces, so that a receiver finds its own while keys are being changed.
 */
export function signatureHeaders(keys: readonly Buffer[], id: string, nowMs: number, body: Buffer): Headers {
  const seconds = String(Math.floor(nowMs / 1000));
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body);
    return `v1,${hmac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
}

type Headers = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>;
