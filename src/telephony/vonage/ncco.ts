import { busyWords } from '../busy-words';
import { digitsOf } from '../digits-of';
import type { MediaAddress } from '../line';

/** What can be said in an NCCO, the list of actions that Vonage follows (telephony reference, section 6). */
export type Ncco = readonly Readonly<Record<string, unknown>>[];

/** Streams the call to us, both ways. When the stream ends nothing follows, which ends the call. */
export function connectWebSocket({ url: uri, callId }: Omit<MediaAddress, 'bearer'>, contentType: string): Ncco {
  const endpoint = {
    type: 'websocket',
    uri,
    'content-type': contentType,
    // The stream is a leg of its own and does not know the caller's.
    headers: { caller_uuid: callId },
    authorization: { type: 'vonage' },
  };
  return [{ action: 'connect', endpoint: [endpoint] }];
}

/** Says that nobody can take the call; with nothing to follow it ends. */
export function talkBusy(): Ncco {
  return [{ action: 'talk', text: busyWords }];
}

/**
 * Connects the caller with somebody else.
 *
 * @param target a number in E.164 form or a SIP address.
 * @param from the number that is shown, which must be one of the account's.
 */
export function connectWith(target: string, from: string): Ncco {
  const endpoint = target.startsWith('sip')
    ? { type: 'sip', uri: target }
    : { type: 'phone', number: digitsOf(target) };
  return [{ action: 'connect', from: digitsOf(from), endpoint: [endpoint] }];
}
