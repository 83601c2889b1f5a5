import { randomUUID } from 'node:crypto';
import { type CarrierOptions, DocumentCarrier } from './documents/carrier';
import type { StreamNoun } from './documents/verb';
import { type StreamTraits, TWILIO_QUEUE_MS, TwimlDialect } from './twiml/frames';
import { twimlHouse, type TwimlTraits } from './twiml/house';
import { updateCall } from './twiml/rest';
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
export function startSignalWire(options: SignalWireOptions): Promise<DocumentCarrier> {
  const { signingKey, apiToken, projectId = '00000000-0000-0000-0000-000000000000' } = options;
  const traits: TwimlTraits = {
    accountSid: projectId,
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
    dialect: (stream, ids) => new TwimlDialect(streamTraits(stream), projectId, ids, stream.parameters),
  };
  const credentials = [[projectId, apiToken] as const];
  const resource = { accountSid: projectId, base: '/api/laml/2010-04-01', credentials, takesTwiml: false };
  return DocumentCarrier.start(twimlHouse(traits, options), options, (request, find) =>
    updateCall(resource, request, find),
  );
}

function streamTraits({ attributes }: StreamNoun): StreamTraits {
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
