import { dialplanMediaPath } from './addresses';
import { withPlus } from './digits-of';

/** Which call a stream is of, as the dialplan wrote it into the address. */
export interface DialplanCall {
  /** The number that was called, in E.164 form. */
  readonly called: string;
  /** The caller's channel. */
  readonly callId: string;
}

/** What the query of a stream's address says, or which parameter of it is wrong. */
export type DialplanAddress = DialplanCall | { readonly wrong: 'called' | 'call' };

/** Whether a request is for the address where a dialplan of this carrier streams its calls to. */
export const isDialplanPath = (carrier: string, url: string) => url.split('?', 1)[0] === dialplanMediaPath(carrier);

/** Reads `?called=<number>&call=<channel>`; the number may be without its plus, which a query may have made a blank of. */
export function readDialplanAddress(url: string): DialplanAddress {
  const query = new URLSearchParams(url.split('?')[1]);
  const called = onlyOne(query, 'called')?.replace(/^ /, '+');
  if (called === undefined || called === '') return { wrong: 'called' };
  const callId = onlyOne(query, 'call');
  if (callId === undefined || !/^[\w.:-]{1,128}$/.test(callId)) return { wrong: 'call' };
  return { called: withPlus(called), callId };
}

function onlyOne(query: URLSearchParams, name: string): string | undefined {
  const [value, another] = query.getAll(name);
  return another === undefined ? value : undefined;
}
