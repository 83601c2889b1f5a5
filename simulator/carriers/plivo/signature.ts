import { createHmac } from 'node:crypto';

export interface PlivoSigned {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** The fields of a form that is posted. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly nonce: string;
}

/** The signature, version 3, that Plivo puts on its requests (protocol reference, section 5). */
export function plivoSignature(authToken: string, { method, url, fields = {}, nonce }: PlivoSigned): string {
  const place = `${url.protocol}//${url.host}${url.pathname}`;
  const query = [...url.searchParams].sort(byName).map(([name, value]) => `${name}=${value}`);
  const form = Object.entries(fields)
    .sort(byName)
    .map(([name, value]) => name + value);
  const base = place + (method === 'GET' ? forGet(query) : forPost(query, form));
  return createHmac('sha256', authToken).update(`${base}.${nonce}`).digest('base64');
}

function forGet(query: readonly string[]): string {
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

function forPost(query: readonly string[], form: readonly string[]): string {
  if (query.length === 0 && form.length === 0) return '';
  return `?${query.join('&')}${query.length > 0 && form.length > 0 ? '.' : ''}${form.join('')}`;
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
