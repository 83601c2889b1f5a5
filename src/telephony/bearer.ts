import type { IncomingHttpHeaders } from 'node:http';
import { isSameSecret } from './same-secret';

/** Whether a request carries just this credential as `Authorization: Bearer …`. */
export function isBearer({ authorization = '' }: IncomingHttpHeaders, bearer: string): boolean {
  return isSameSecret(authorization, `Bearer ${bearer}`);
}
