import {
  type CarrierOptions,
  startTwilio,
  type DocumentCall,
  type DocumentCallOptions,
  type DocumentCarrier,
  VirtualClock,
} from '../../../../simulator/carriers';
import { closeMediaServers, MediaServer, type Stream, type WebhookAnswer, type WebhookRequest } from './media-server';

export const AUTH_TOKEN = '12345678901234567890123456789012';
export const ORIGIN = 'https://relay.example.com';

export const STREAM =
  '<Stream url="wss://relay.example.com/media/tk_1"><Parameter name="org_id" value="org_1"/></Stream>';

const carriers: DocumentCarrier[] = [];

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(carriers.splice(0).map((carrier) => carrier.close()));
  await closeMediaServers();
}

export function keep(carrier: DocumentCarrier): DocumentCarrier {
  carriers.push(carrier);
  return carrier;
}

/** A document around what is given. */
export function response(inside: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`;
}

export interface Stage {
  readonly server: MediaServer;
  readonly twilio: DocumentCarrier;
  readonly clock: VirtualClock;
}

/** Twilio, with its time standing still, and a server behind the public origin. */
export async function stage(
  answer: string | ((request: WebhookRequest) => WebhookAnswer) = response(`<Connect>${STREAM}</Connect>`),
  options: Partial<CarrierOptions> = {},
): Promise<Stage> {
  const server = await MediaServer.start(answer);
  const clock = new VirtualClock();
  const twilio = await startTwilio({
    answerUrl: `${ORIGIN}/voice`,
    address: server.address,
    authToken: AUTH_TOKEN,
    apiKeys: [{ sid: 'SK1', secret: 'key' }],
    clock,
    ...options,
  });
  return { server, twilio: keep(twilio), clock };
}

export interface Connected extends Stage {
  readonly call: DocumentCall;
  readonly stream: Stream;
  readonly streamSid: string;
}

/** A call past `start`. */
export async function connected(
  options?: DocumentCallOptions,
  answer?: Parameters<typeof stage>[0],
): Promise<Connected> {
  const all = await stage(answer);
  const call = all.twilio.call(options);
  const stream = await all.server.stream();
  const start = await stream.next({ event: 'start' });
  await call.until('stream_opened');
  return { ...all, call, stream, streamSid: String(start['streamSid']) };
}

/** The relay's audio message of so many milliseconds. */
export function audio(streamSid: string, ms: number): unknown {
  return { event: 'media', streamSid, media: { payload: Buffer.alloc(ms * 8, 1).toString('base64') } };
}
