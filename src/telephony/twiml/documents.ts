import { busyWords } from '../busy-words';
import type { CallDocument } from '../line';
import { escapeXml, xmlAttributes, xmlResponse } from '../xml';

/** What can be said in TwiML, the language of Twilio's call documents (telephony reference, section 2). */

/** Streams the call to us, both ways. When the stream ends nothing follows, which ends the call. */
export function connectStream(attributes: Readonly<Record<string, string>>): CallDocument {
  return xmlResponse(`<Connect><Stream${xmlAttributes(attributes)}/></Connect>`);
}

/** Says that nobody can take the call, and hangs up. */
export function sayBusy(): CallDocument {
  return xmlResponse(`<Say>${busyWords}</Say><Hangup/>`);
}

/** Connects the caller with somebody else. @param target a number in E.164 form or a SIP address. */
export function dial(target: string): CallDocument {
  const inside = target.startsWith('sip') ? `<Sip>${escapeXml(target)}</Sip>` : escapeXml(target);
  return xmlResponse(`<Dial>${inside}</Dial>`);
}
