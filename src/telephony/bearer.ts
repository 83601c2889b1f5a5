import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request carries just this credential as `Authorization: Bearer …`; compared in constant time. */
export function isBearer({ authorization = '' }: IncomingHttpHeaders, bearer: string): boolean {
  const [given, right] = [Buffer.from(authorization), Buffer.from(`Bearer ${bearer}`)];
  return given.length === right.length && timingSafeEqual(given, right);
}
