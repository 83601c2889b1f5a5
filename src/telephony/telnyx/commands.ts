import { randomUUID } from 'node:crypto';
import type { ApiAnswer, ApiRequest } from '../carrier-api';
import type { MediaAddress } from '../line';

/** Where commands about an account's calls go (telephony reference, sections 4 and 15). */
export interface CommandApi {
  readonly origin: string;
  readonly apiKey: string;
}

/** Gives a command about a call. One that is sent again has the same id, by which Telnyx knows it. */
export function command(
  { origin, apiKey }: CommandApi,
  callId: string,
  action: 'answer' | 'hangup' | 'transfer',
  rest: Readonly<Record<string, unknown>> = {},
): ApiRequest {
  return {
    origin,
    path: `/v2/calls/${encodeURIComponent(callId)}/actions/${action}`,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ ...rest, command_id: randomUUID() })),
    // Whether a caller was handed over stays in doubt, whatever a second answer says.
    isRepeatable: action !== 'transfer',
  };
}

/** What a call that is answered is streamed to us with: both ways, in the same codec, which Telnyx would not see to itself. */
export function streamOptions({ url, bearer }: MediaAddress, codec: 'PCMU' | 'PCMA') {
  return {
    stream_url: url,
    stream_track: 'inbound_track',
    stream_codec: codec,
    stream_bidirectional_mode: 'rtp',
    stream_bidirectional_codec: codec,
    stream_bidirectional_sampling_rate: 8000,
    stream_bidirectional_target_legs: 'self',
    stream_auth_token: bearer,
  };
}

/** The call is unknown by now, or has ended. */
export function saysOver({ httpStatus, body }: ApiAnswer): boolean {
  return httpStatus === 404 || (httpStatus === 422 && /"code":\s*"?90018\b/.test(body.toString()));
}
