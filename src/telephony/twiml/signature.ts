import { createHmac } from 'node:crypto';
import { isSameSecret } from '../same-secret';

/**
 * Whether a signature is one of Twilio's kind: base64 of HMAC-SHA1 over the URL and, sorted by name, every form field's name
 * and value (telephony reference, section 2). It takes as long for one that is nearly right as for one that is quite wrong.
 *
 * @param keys one of which signed; several while one takes the place of another.
 * @param urls the forms in which the signer may have written the URL.
 * @param header as it stands in the request; a repeated one is none.
 */
export function isFormSigned(
  keys: readonly string[],
  urls: readonly string[],
  fields: URLSearchParams,
  header: string | readonly string[] | undefined,
): boolean {
  const given = typeof header === 'string' ? header : '';
  const text = fieldText(fields);
  const right = keys.flatMap((key) => urls.map((url) => formSignature(key, url + text)));
  return right.filter((each) => isSameSecret(given, each)).length > 0;
}

const formSignature = (key: string, text: string) => createHmac('sha1', key).update(text).digest('base64');

/** A field that stands there several times counts with each of its different values. */
const fieldText = (fields: URLSearchParams) =>
  [...new Set(fields.keys())]
    .sort()
    .flatMap((name) => [...new Set(fields.getAll(name))].sort().map((value) => name + value))
    .join('');
