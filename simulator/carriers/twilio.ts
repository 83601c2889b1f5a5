import { randomBytes } from 'node:crypto';
import { type CarrierOptions, DocumentCarrier } from './documents/carrier';
import { type StreamTraits, TWILIO_QUEUE_MS, TwimlDialect } from './twiml/frames';
import { twimlHouse, type TwimlTraits } from './twiml/house';
import { updateCall } from './twiml/rest';
import { twimlSignature } from './twiml/signature';
import { MULAW_8K } from './wire-format';

export interface TwilioOptions extends CarrierOptions {
  /** Default `AC` and 32 zeros. */
  readonly accountSid?: string;
  /** Signs webhooks and media sockets, and is the password of the HTTP interface. */
  readonly authToken: string;
  /** Keys that are let in beside the account's own credentials. */
  readonly apiKeys?: readonly { readonly sid: string; readonly secret: string }[];
}

/** Starts a stand-in for Twilio (protocol reference, section 2). */
export function startTwilio(options: TwilioOptions): Promise<DocumentCarrier> {
  const { authToken, accountSid = `AC${'0'.repeat(32)}`, apiKeys = [] } = options;
  const sign = (url: string, fields?: Readonly<Record<string, string>>) => ({
    'x-twilio-signature': twimlSignature(authToken, url, fields),
  });
  const traits: TwimlTraits = {
    accountSid,
    userAgent: 'TwilioProxy/1.1',
    streamAttributes: [],
    newCallSid: () => newSid('CA'),
    newStreamSid: () => newSid('MZ'),
    webhookHeaders: sign,
    streamHeaders: ({ url }) => sign(url),
    dialect: ({ parameters }, ids) => new TwimlDialect(TWILIO, accountSid, ids, parameters),
  };
  const keys = apiKeys.map(({ sid, secret }) => [sid, secret] as const);
  const credentials = [[accountSid, authToken] as const, ...keys];
  const resource = { accountSid, base: '/2010-04-01', credentials, takesTwiml: true };
  return DocumentCarrier.start(twimlHouse(traits, options), options, (request, find) =>
    updateCall(resource, request, find),
  );
}

const TWILIO: StreamTraits = {
  version: '1.0.0',
  format: MULAW_8K,
  namesStream: true,
  key: (digit) => ({ track: 'inbound_track', digit }),
  takesKeys: false,
  maxQueuedMs: TWILIO_QUEUE_MS,
};

function newSid(prefix: 'CA' | 'MZ'): string {
  return prefix + randomBytes(16).toString('hex');
}
