import { basic } from '../basic';
import type { ApiAnswer, ApiRequest } from '../carrier-api';

/** Where an account's calls are found in an HTTP interface of Twilio's kind (telephony reference, section 15). */
export interface CallsApi {
  readonly origin: string;
  /** What stands before `/Accounts`. */
  readonly base: string;
  readonly account: string;
  readonly user: string;
  readonly password: string;
}

/** Changes a call that is going on. */
export function updateCall(api: CallsApi, callId: string, form: Readonly<Record<string, string>>): ApiRequest {
  return {
    origin: api.origin,
    path: `${api.base}/Accounts/${api.account}/Calls/${encodeURIComponent(callId)}.json`,
    headers: {
      authorization: basic(api.user, api.password),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: Buffer.from(new URLSearchParams(form).toString()),
  };
}

/** The call is unknown by now, or not in progress any more. */
export function saysOver({ httpStatus, body }: ApiAnswer): boolean {
  return httpStatus === 404 || (httpStatus === 400 && /"code":\s*21220\b/.test(body.toString()));
}
