import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Route } from './route';

/** An HTTP request of a carrier's to the relay. */
export interface CarrierRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In real milliseconds. */
  readonly timeoutMs: number;
}

export type CarrierAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: 'no_answer'; readonly why: string };

/** Asks the relay, at the address behind the public URL, under its public name. */
export async function ask(
  route: Route,
  { method, url, headers, body, timeoutMs }: CarrierRequest,
): Promise<CarrierAnswer> {
  const { address, host } = route(url);
  const send = address.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ kind: 'no_answer', why: error.message });
    const request = send(
      address,
      { method, headers: { ...headers, host }, agent: false, signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', failed);
        response.on('end', () => {
          resolve({
            kind: 'answer',
            status: response.statusCode ?? 0,
            contentType: (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    request.on('error', failed);
    request.end(body);
  });
}

/** Headers with others in their place; `undefined` takes one out. */
export function overrideHeaders(
  headers: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const all = Object.entries({ ...headers, ...others });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
