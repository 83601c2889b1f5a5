import { createHmac } from 'node:crypto';
import { isFresh } from '../fresh';
import type { WebhookRequest } from '../line';
import { isSameSecret } from '../same-secret';

/**
 * Whether a webhook is signed by jambonz: `Jambonz-Signature: t=…,v1=…`, the latter HMAC-SHA256 over time and body in
 * hexadecimal.
 *
 * @param keys one of which signed; several while one takes the place of another.
 * @param nowMs The clock, in milliseconds since 1970.
 */
export function isJambonzSigned(
  keys: readonly string[],
  { headers: { 'jambonz-signature': header = '' }, body }: Pick<WebhookRequest, 'headers' | 'body'>,
  nowMs: number = Date.now(),
): boolean {
  const members = String(header)
    .split(',')
    .map((member) => member.trim());
  const valuesOf = (name: string) =>
    members.flatMap((member) => (member.startsWith(`${name}=`) ? member.slice(name.length + 1) : []));
  const [timestamp = '', ...more] = valuesOf('t');
  if (more.length > 0 || !isFresh(timestamp, nowMs)) return false;
  const given = valuesOf('v1');
  const right = keys.map((key) => createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex'));
  return right.filter((each) => given.filter((one) => isSameSecret(one, each)).length > 0).length > 0;
}
