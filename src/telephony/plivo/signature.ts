import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isSameSecret } from '../same-secret';

/** A request of Plivo's, as its signature sees it. */
export interface SignedRequest {
  /** The forms in which the signer may have written the URL. */
  readonly urls: readonly string[];
  /** The fields of a request that was posted; left out for a `GET`, which the opening of a media socket is. */
  readonly form?: URLSearchParams;
}

/**
 * Whether a request has a signature of Plivo's, version 3: base64 of HMAC-SHA256 over URL, fields and nonce (telephony
 * reference, section 5).
 *
 * @param keys one of which signed; several while one takes the place of another.
 */
export function isPlivoSigned(
  keys: readonly string[],
  { urls, form }: SignedRequest,
  headers: IncomingHttpHeaders,
): boolean {
  const { 'x-plivo-signature-v3': signatures, 'x-plivo-signature-v3-nonce': nonce } = headers;
  if (typeof signatures !== 'string' || typeof nonce !== 'string') return false;
  // Plivo signs with each token of an account that has several.
  const given = signatures.split(',', mostSignatures).map((each) => each.trim());
  const right = urls.flatMap((url) => keys.map((key) => signatureOf(key, `${signedText(url, form)}.${nonce}`)));
  return right.filter((each) => given.filter((one) => isSameSecret(one, each)).length > 0).length > 0;
}

/** More than an account has tokens. */
const mostSignatures = 8;

const signatureOf = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64');

/** The URL with its query sorted; fields follow as each one's name and value. */
function signedText(url: string, form = new URLSearchParams()): string {
  const [place = '', ...rest] = url.split('?');
  const query = sorted(new URLSearchParams(rest.join('?'))).map(([name, value]) => `${name}=${value}`);
  const fields = sorted(form).map(([name, value]) => name + value);
  if (query.length === 0 && fields.length === 0) return place;
  const between = query.length > 0 && fields.length > 0 ? '.' : '';
  return `${place}?${query.join('&')}${between}${fields.join('')}`;
}

const sorted = (parameters: URLSearchParams) =>
  [...parameters].sort(([one, first], [other, second]) => order(one, other) || order(first, second));

const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
