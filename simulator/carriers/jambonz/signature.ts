import { createHmac } from 'node:crypto';

/**
 * What `Jambonz-Signature` says of a webhook: when it was signed, and HMAC-SHA256 over that time and the body.
 * @param timestamp Unix seconds.
 */
export function jambonzSignature(webhookSecret: string, timestamp: number, body: string): string {
  const digest = createHmac('sha256', webhookSecret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${digest}`;
}
