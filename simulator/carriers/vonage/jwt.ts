import { createHash, createHmac, type KeyObject, verify } from 'node:crypto';
import { isRecord, tryParseJson } from '../../protocol/json';

/** A token that Vonage signs its requests with (HS256; protocol reference, section 6). */
export function signedBearer(claims: Readonly<Record<string, unknown>>, secret: string): string {
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** The claim over a webhook's body. */
export function payloadHash(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** The claims of an application's token (RS256), or `undefined` if it is not signed with the key, or not valid now. */
export function applicationClaims(token: string, publicKey: KeyObject): Readonly<Record<string, unknown>> | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = decoded(payload);
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned || decoded(header)?.['alg'] !== 'RS256' || claims === undefined) return undefined;
  const now = Date.now() / 1000;
  const { iat, exp, jti } = claims;
  const isNow = typeof iat === 'number' && iat <= now + 60 && typeof exp === 'number' && exp > now;
  return isNow && exp - iat <= 86_400 && typeof jti === 'string' ? claims : undefined;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(part: string): Readonly<Record<string, unknown>> | undefined {
  const value = tryParseJson(Buffer.from(part, 'base64url').toString());
  return isRecord(value) ? value : undefined;
}
