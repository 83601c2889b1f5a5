import type { CallDocument } from '../line';

/** What can be said in TwiML, the language of Twilio's call documents (telephony reference, section 2). */

/** Streams the call to us, both ways. When the stream ends nothing follows, which ends the call. */
export function connectStream(attributes: Readonly<Record<string, string>>): CallDocument {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escape(value)}"`);
  return twiml(`<Connect><Stream${written.join('')}/></Connect>`);
}

/** Says that nobody can take the call, and hangs up. */
export function sayBusy(): CallDocument {
  return twiml(
    '<Say>All our lines are busy at the moment. Please call again in a few minutes. Goodbye.</Say><Hangup/>',
  );
}

/** Connects the caller with somebody else. @param target a number in E.164 form or a SIP address. */
export function dial(target: string): CallDocument {
  const inside = target.startsWith('sip') ? `<Sip>${escape(target)}</Sip>` : escape(target);
  return twiml(`<Dial>${inside}</Dial>`);
}

function twiml(verbs: string): CallDocument {
  return {
    contentType: 'text/xml; charset=utf-8',
    body: `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`,
  };
}

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
