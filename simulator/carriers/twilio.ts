import { randomBytes } from 'node:crypto';
import { type CarrierOptions, TwimlCarrier } from './twiml/carrier';
import { type StreamTraits, TWILIO_QUEUE_MS, TwimlDialect } from './twiml/frames';
import type { TwimlHouse } from './twiml/house';
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
export function startTwilio(options: TwilioOptions): Promise<TwimlCarrier> {
  const { authToken, answerUrl, statusCallback } = options;
  const accountSid = options.accountSid ?? `AC${'0'.repeat(32)}`;
  const sign = (url: string, fields?: Readonly<Record<string, string>>) => ({
    'x-twilio-signature': twimlSignature(authToken, url, fields),
  });
  const house: TwimlHouse = {
    accountSid,
    answerUrl,
    statusCallback,
    userAgent: 'TwilioProxy/1.1',
    streamAttributes: [],
    newCallSid: () => newSid('CA'),
    newStreamSid: () => newSid('MZ'),
    webhookHeaders: sign,
    streamHeaders: ({ url }) => sign(url),
    dialect: ({ parameters }, ids) => new TwimlDialect(TWILIO, { accountSid, ...ids }, parameters),
  };
  const credentials = [
    [accountSid, authToken] as const,
    ...(options.apiKeys ?? []).map(({ sid, secret }) => [sid, secret] as const),
  ];
  return TwimlCarrier.start(house, options, { base: '/2010-04-01', credentials, takesTwiml: true });
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
