import { basic } from '../basic';
import { busyWords } from '../busy-words';
import type { MediaAddress } from '../line';

/** What jambonz is told to do, one after the other (telephony reference, section 9). */
export type Verbs = readonly Readonly<Record<string, unknown>>[];

/** Streams the call to us, both ways at the same rate. When the stream ends nothing follows, which ends the call. */
export function listen({ url, bearer }: Omit<MediaAddress, 'callId'>, sampleRate: number): Verbs {
  const bidirectionalAudio = { enabled: true, streaming: true, sampleRate };
  const wsAuth = { username: mediaUser, password: bearer };
  return [{ verb: 'listen', url, wsAuth, mixType: 'mono', sampleRate, passDtmf: true, bidirectionalAudio }];
}

/** What a media socket shows in `Authorization` that was asked for with `listen`. */
export const mediaAuthorization = (bearer: string) => basic(mediaUser, bearer);

/** Short, because jambonz sends no credentials that are longer than 90 characters in all. */
const mediaUser = 'relay';

/** Says that nobody can take the call, and hangs up. */
export function sayBusy(): Verbs {
  return [{ verb: 'say', text: busyWords }, { verb: 'hangup' }];
}

/** Connects the caller with somebody else. @param target a number in E.164 form or a SIP address. */
export function dial(target: string): Verbs {
  const whom = target.startsWith('sip') ? { type: 'sip', sipUri: target } : { type: 'phone', number: target };
  return [{ verb: 'dial', target: [whom] }];
}
