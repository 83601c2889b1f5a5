import { complaint } from '../complaint';
import type { CallNews, DialectIds, DocumentHouse, StreamEvent } from '../documents/house';
import type { CarrierOptions } from '../documents/carrier';
import type { NextDocument, StreamNoun } from '../documents/verb';
import { readTwiml } from './document';

/** What differs between the carriers that speak TwiML. */
export interface TwimlTraits {
  readonly accountSid: string;
  readonly userAgent: string;
  /** What its `<Stream>` has beyond Twilio's. */
  readonly streamAttributes: readonly string[];
  readonly newCallSid: () => string;
  readonly newStreamSid: () => string;
  /** The headers that prove a webhook. */
  readonly webhookHeaders: (url: string, fields: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** The headers that prove a media socket. */
  readonly streamHeaders: (stream: StreamNoun) => Readonly<Record<string, string>>;
  readonly dialect: DocumentHouse['dialect'];
}

/** A carrier that speaks TwiML: Twilio's webhooks and error codes (protocol reference, section 2). */
export function twimlHouse(traits: TwimlTraits, { answerUrl, statusCallback }: CarrierOptions): DocumentHouse {
  const { accountSid, userAgent } = traits;
  return {
    answer: { url: answerUrl, method: 'POST' },
    documentTypes: new Set(['text/xml', 'application/xml', 'text/html']),
    statusCallback: statusCallback === undefined ? undefined : { url: statusCallback, method: 'POST' },
    codes: {
      webhookFailed: '11200',
      wrongContentType: '12300',
      documentTooLong: '11750',
      badUrl: '11100',
      relativeUrl: '15004',
      badCallerId: '13214',
      streamTimeout: '31901',
      streamRefused: '31920',
    },
    newCallId: traits.newCallSid,
    newStreamId: traits.newStreamSid,
    read: (document) => readTwiml(document, traits.streamAttributes),
    streamUrlFault,
    streamHeaders: (stream) => ({ 'user-agent': userAgent, ...traits.streamHeaders(stream) }),
    dialect: traits.dialect,
    request(next, news) {
      const fields = fieldsOf(news, accountSid);
      const { url, body, signed } = addressed(next, fields);
      const form = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
      return {
        url,
        headers: {
          'user-agent': userAgent,
          accept: '*/*',
          ...(body === undefined ? {} : form),
          ...traits.webhookHeaders(url.href, signed),
        },
        ...(body === undefined ? {} : { body }),
      };
    },
    streamCallback,
  };
}

/** Fields go into the body, or with GET into the query, where the URL's signature covers them. */
function addressed({ url, method }: NextDocument, fields: Readonly<Record<string, string>>) {
  const target = new URL(url);
  if (method === 'POST') return { url: target, body: new URLSearchParams(fields).toString(), signed: fields };
  for (const [name, value] of Object.entries(fields)) target.searchParams.append(name, value);
  return { url: target, body: undefined, signed: {} };
}

function fieldsOf({ callId, from, to, status, about }: CallNews, accountSid: string): Record<string, string> {
  if (about.kind === 'stream') return { AccountSid: accountSid, CallSid: callId, ...about.fields };
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    CallSid: callId,
    CallStatus: status,
    Called: to,
    Caller: from,
    Direction: 'inbound',
    From: from,
    To: to,
    ...(about.kind === 'dialled' ? { DialCallStatus: about.outcome } : {}),
  };
}

/** What is wrong with the URL of a stream before it is connected: only plain `wss:` URLs on port 443 are. */
function streamUrlFault(url: string) {
  if (!URL.canParse(url)) return complaint('31923', `'${url}' is no URL.`);
  const { protocol, port, search, hash } = new URL(url);
  if (protocol !== 'wss:') return complaint('31922', `${protocol} is not supported: a stream's URL begins with wss:.`);
  if (port !== '') return complaint('31901', `Port ${port} is not reached: streams connect to port 443.`);
  if (search === '' && hash === '') return undefined;
  return complaint('31920', 'A query string is lost on the way: use the path or <Parameter>.');
}

function streamCallback({ attributes }: StreamNoun, { streamId }: DialectIds, event: StreamEvent) {
  const { statusCallback, statusCallbackMethod, name } = attributes;
  if (statusCallback === undefined) return undefined;
  const fields = {
    StreamSid: streamId,
    ...(name === undefined ? {} : { StreamName: name }),
    StreamEvent: { started: 'stream-started', stopped: 'stream-stopped', failed: 'stream-error' }[event.kind],
    ...(event.kind === 'failed' ? { StreamError: event.message } : {}),
    Timestamp: new Date().toISOString(),
  };
  const method = statusCallbackMethod === 'GET' ? ('GET' as const) : ('POST' as const);
  return { next: { url: statusCallback, method }, fields };
}
