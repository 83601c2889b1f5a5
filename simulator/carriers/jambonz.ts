import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CallUpdate } from './documents/call';
import { type CarrierOptions, DocumentCarrier, type FindCall } from './documents/carrier';
import { type CallNews, type DocumentHouse, PLAIN_CODES } from './documents/house';
import { webSocketUrlFault } from './documents/web-socket-url';
import { JambonzDialect } from './jambonz/frames';
import { jambonzSignature } from './jambonz/signature';
import { readVerbs } from './jambonz/verbs';
import { jsonOf, type RestAnswer, type RestRequest } from './rest-server';

export interface JambonzOptions extends CarrierOptions {
  /** Default: a UUID of zeros. */
  readonly accountSid?: string;
  /** The account's, with which webhooks are signed. Default `wh_secret`. */
  readonly webhookSecret?: string;
  /** The credential of the HTTP interface. */
  readonly apiKey: string;
}

/** Starts a stand-in for jambonz (protocol reference, section 9). */
export function startJambonz(options: JambonzOptions): Promise<DocumentCarrier> {
  const { answerUrl, statusCallback, apiKey, webhookSecret = 'wh_secret' } = options;
  const { accountSid = '00000000-0000-0000-0000-000000000000' } = options;
  const house: DocumentHouse = {
    answer: { url: answerUrl, method: 'POST' },
    statusCallback: statusCallback === undefined ? undefined : { url: statusCallback, method: 'POST' },
    codes: PLAIN_CODES,
    documentTypes: new Set(['application/json']),
    protocols: ['audio.drachtio.org'],
    newCallId: randomUUID,
    newStreamId: randomUUID,
    request({ url }, news) {
      const body = JSON.stringify(fieldsOf(news, accountSid));
      const signature = jambonzSignature(webhookSecret, Math.floor(Date.now() / 1000), body);
      return {
        url: new URL(url),
        headers: { 'content-type': 'application/json', 'jambonz-signature': signature },
        body,
      };
    },
    read: readVerbs,
    streamUrlFault: webSocketUrlFault,
    streamHeaders({ attributes: { basic = '' } }) {
      if (basic === '' || basic.length > MAX_CREDENTIALS) return {};
      return { authorization: `Basic ${Buffer.from(basic).toString('base64')}` };
    },
    dialect: (stream, ids) => new JambonzDialect(stream, ids),
  };
  return DocumentCarrier.start(house, options, (request, find) => change({ accountSid, apiKey }, request, find));
}

/** Characters of user, colon and password: the media server has room for a header of 128, and sends none that is longer. */
const MAX_CREDENTIALS = 90;

function fieldsOf({ callId, from, to, status, about }: CallNews, accountSid: string): Record<string, unknown> {
  const isNew = status === 'ringing' && about.kind === 'call';
  return {
    // The request that rang, which comes with the first webhook alone.
    ...(isNew ? { sip: { method: 'INVITE', headers: { from: `<sip:${from}@192.0.2.1>` }, body: '' } } : {}),
    call_sid: callId,
    account_sid: accountSid,
    direction: 'inbound',
    from,
    to,
    call_status: status === 'ringing' ? 'trying' : status,
    ...(about.kind === 'dialled' ? { dial_call_status: about.outcome } : {}),
  };
}

/** `DELETE` or `PUT …/Calls/{callSid}` (protocol reference, section 15). */
function change(
  { accountSid, apiKey }: { readonly accountSid: string; readonly apiKey: string },
  request: RestRequest,
  find: FindCall,
): RestAnswer {
  if (request.authorization !== `Bearer ${apiKey}`) return { status: 401, body: { msg: 'unauthorized' } };
  const before = `/v1/Accounts/${accountSid}/Calls/`;
  const call = request.path.startsWith(before) ? find(request.path.slice(before.length)) : undefined;
  if (call === undefined) return { status: 404, body: { msg: 'not found' } };
  const update = updateOf(request);
  const answer =
    update === undefined ? { status: 400, body: { msg: 'bad request' } } : { status: call.update(update) ? 202 : 422 };
  call.history.add({ type: 'api', what: request.body, status: answer.status });
  return answer;
}

function updateOf(request: RestRequest): CallUpdate | undefined {
  if (request.method === 'DELETE') return { kind: 'complete' };
  const read = request.method === 'PUT' ? changes.safeParse(jsonOf(request)) : undefined;
  if (read?.success !== true) return undefined;
  if ('call_status' in read.data) return { kind: 'complete' };
  return { kind: 'url', next: { url: read.data.call_hook.url, method: 'POST' } };
}

const changes = z.union([
  z.strictObject({ call_status: z.literal('completed') }),
  z.strictObject({ call_hook: z.strictObject({ url: z.url(), method: z.literal('POST').optional() }) }),
]);
