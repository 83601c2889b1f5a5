import { busyWords } from '../busy-words';
import { digitsOf } from '../digits-of';
import type { CallDocument } from '../line';
import { escapeXml, xmlAttributes, xmlResponse } from '../xml';

/** What can be said in Plivo XML (telephony reference, section 5). */

/** Streams the call to us, both ways, for as long as it may. When the stream ends nothing follows, which ends the call. */
export function stream(url: string, contentType: string): CallDocument {
  const attributes = { bidirectional: 'true', keepCallAlive: 'true', streamTimeout: '86400', contentType };
  return xmlResponse(`<Stream${xmlAttributes(attributes)}>${escapeXml(url)}</Stream>`);
}

/** Says that nobody can take the call, and hangs up. */
export function speakBusy(): CallDocument {
  return xmlResponse(`<Speak>${busyWords}</Speak><Hangup/>`);
}

/** Connects the caller with somebody else. @param target a number in E.164 form or a SIP address. */
export function dial(target: string): CallDocument {
  const inside = target.startsWith('sip')
    ? `<User>${escapeXml(target)}</User>`
    : `<Number>${digitsOf(target)}</Number>`;
  return xmlResponse(`<Dial>${inside}</Dial>`);
}
