import type { IncomingHttpHeaders } from 'node:http';
import { isSameSecret } from './same-secret';

/** The value of `Authorization` for HTTP Basic. */
export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Whether a request carries this name and one of these passwords. */
export function isBasic(
  { authorization = '' }: IncomingHttpHeaders,
  user: string,
  passwords: readonly string[],
): boolean {
  return passwords.some((password) => isSameSecret(authorization, basic(user, password)));
}
