import { basic } from '../basic';
import type { ApiRequest } from '../carrier-api';

/** Asterisk's HTTP interface. */
export interface Ari {
  readonly origin: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Sets a variable that a channel's dialplan reads as `${SHARED(name)}` and that ends with the channel. ARI sets variables of
 * channels in Stasis applications alone; but a global one may be a function, and this one reaches any channel by its id.
 *
 * @param channelId without blanks, commas, brackets and quotes.
 */
export function sharedVariable(
  { origin, username, password }: Ari,
  channelId: string,
  name: string,
  value: string,
): ApiRequest {
  const query = new URLSearchParams({ variable: `SHARED(${name},${channelId})`, value });
  return {
    origin,
    path: `/ari/asterisk/variable?${query.toString()}`,
    headers: { authorization: basic(username, password) },
    body: Buffer.alloc(0),
    isRepeatable: true,
  };
}
