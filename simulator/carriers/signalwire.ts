import { randomUUID } from 'node:crypto';
import { type CarrierOptions, TwimlCarrier } from './twiml/carrier';
import type { StreamNoun } from './twiml/document';
import { type StreamTraits, TWILIO_QUEUE_MS, TwimlDialect } from './twiml/frames';
import type { TwimlHouse } from './twiml/house';
import { twimlSignature } from './twiml/signature';
import { MULAW_8K, type WireFormat } from './wire-format';

export interface SignalWireOptions extends CarrierOptions {
  /** Default: a UUID of zeros. */
  readonly projectId?: string;
  /** Signs webhooks. Media sockets are not signed. */
  readonly signingKey: string;
  /** The password of the HTTP interface. */
  readonly apiToken: string;
}

/** With `realtime="true"` bursts are trimmed; by how much is not published. */
const REALTIME_QUEUE_MS = 1_000;

/** Starts a stand-in for SignalWire's cXML, Twilio's with differences (protocol reference, section 3). */
export function startSignalWire(options: SignalWireOptions): Promise<TwimlCarrier> {
  const { signingKey, apiToken, answerUrl, statusCallback } = options;
  const accountSid = options.projectId ?? '00000000-0000-0000-0000-000000000000';
  const house: TwimlHouse = {
    accountSid,
    answerUrl,
    statusCallback,
    userAgent: 'SignalWire',
    streamAttributes: ['codec', 'realtime', 'authBearerToken'],
    newCallSid: randomUUID,
    newStreamSid: randomUUID,
    webhookHeaders(url, fields) {
      const signature = twimlSignature(signingKey, url, fields);
      return { 'x-signalwire-signature': signature, 'x-twilio-signature': signature };
    },
    streamHeaders({ attributes: { authBearerToken } }) {
      return authBearerToken === undefined ? {} : { authorization: `Bearer ${authBearerToken}` };
    },
    dialect: (stream, ids) => new TwimlDialect(traitsOf(stream), { accountSid, ...ids }, stream.parameters),
  };
  const credentials = [[accountSid, apiToken] as const];
  return TwimlCarrier.start(house, options, { base: '/api/laml/2010-04-01', credentials, takesTwiml: false });
}

function traitsOf({ attributes }: StreamNoun): StreamTraits {
  return {
    version: '0.2.0',
    format: CODECS[attributes['codec'] ?? 'PCMU@8000h'] ?? MULAW_8K,
    namesStream: false,
    key: (digit) => ({ digit, duration: 100 }),
    takesKeys: true,
    maxQueuedMs: attributes['realtime'] === 'true' ? REALTIME_QUEUE_MS : TWILIO_QUEUE_MS,
  };
}

const CODECS: Readonly<Record<string, WireFormat>> = {
  'PCMU@8000h': MULAW_8K,
  'L16@16000h': { encoding: 'l16', sampleRate: 16000 },
  'L16@24000h': { encoding: 'l16', sampleRate: 24000 },
};
