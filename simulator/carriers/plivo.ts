import { randomBytes, randomUUID } from 'node:crypto';
import type { DocumentCall } from './documents/call';
import { type CarrierOptions, DocumentCarrier, type FindCall } from './documents/carrier';
import { type CallNews, type DocumentHouse, PLAIN_CODES } from './documents/house';
import { webSocketUrlFault } from './documents/web-socket-url';
import { PlivoDialect } from './plivo/frames';
import { readPlivoXml } from './plivo/document';
import { plivoSignature } from './plivo/signature';
import { hasBasic, jsonOf, type RestAnswer, type RestRequest } from './rest-server';

export interface PlivoOptions extends CarrierOptions {
  /** Default `MA` and 18 zeros. */
  readonly authId?: string;
  /** Signs webhooks and media sockets, and is the password of the HTTP interface. */
  readonly authToken: string;
  /** With which scheme the URL of a media socket is signed, which is not published. Default `https:`. */
  readonly signedScheme?: 'https:' | 'wss:';
}

/** Starts a stand-in for Plivo (protocol reference, section 5). */
export function startPlivo(options: PlivoOptions): Promise<DocumentCarrier> {
  const { authId = `MA${'0'.repeat(18)}`, authToken, signedScheme = 'https:', answerUrl, statusCallback } = options;
  const sign = (method: 'GET' | 'POST', url: URL, fields: Readonly<Record<string, string>> = {}) => {
    const nonce = randomBytes(10).toString('hex');
    return {
      'x-plivo-signature-v3': plivoSignature(authToken, { method, url, fields, nonce }),
      'x-plivo-signature-v3-nonce': nonce,
    };
  };
  const house: DocumentHouse = {
    answer: { url: answerUrl, method: 'POST' },
    statusCallback: statusCallback === undefined ? undefined : { url: statusCallback, method: 'POST' },
    codes: PLAIN_CODES,
    newCallId: randomUUID,
    newStreamId: randomUUID,
    request({ url, method }, news) {
      const target = new URL(url);
      const fields = fieldsOf(news);
      if (method === 'GET') {
        for (const [name, value] of Object.entries(fields)) target.searchParams.append(name, value);
        return { url: target, headers: sign('GET', target) };
      }
      return {
        url: target,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...sign('POST', target, fields) },
        body: new URLSearchParams(fields).toString(),
      };
    },
    read: readPlivoXml,
    streamUrlFault: webSocketUrlFault,
    streamHeaders: ({ url }) => sign('GET', new URL(url.replace(/^wss?:/, signedScheme))),
    dialect: (stream, ids) => new PlivoDialect(authId, ids, stream, Date.now()),
  };
  return DocumentCarrier.start(house, options, (request, find) => changeCall({ authId, authToken }, request, find));
}

function fieldsOf({ callId, from, to, status, about }: CallNews): Record<string, string> {
  if (about.kind === 'stream') return { CallUUID: callId, ...about.fields };
  return {
    CallUUID: callId,
    From: from.replace('+', ''),
    To: to.replace('+', ''),
    CallStatus: status,
    Direction: 'inbound',
    ...(about.kind === 'dialled' ? { DialStatus: about.outcome } : {}),
    Event: status === 'completed' ? 'Hangup' : 'StartApp',
  };
}

/** `DELETE` hangs up, `POST` transfers to a document (protocol reference, section 15). */
function changeCall(
  { authId, authToken }: { readonly authId: string; readonly authToken: string },
  request: RestRequest,
  find: FindCall,
): RestAnswer {
  if (!hasBasic(request, authId, authToken)) return refuse(401, 'Authentication failed');
  const before = `/v1/Account/${authId}/Call/`;
  const { method, path, body } = request;
  const call = path.startsWith(before) && path.endsWith('/') ? find(path.slice(before.length, -1)) : undefined;
  if (call === undefined || call.status === 'completed') return refuse(404, 'not found');
  const answer = method === 'DELETE' ? hangUp(call) : method === 'POST' ? transfer(call, request) : refuse(405, 'no');
  call.history.add({ type: 'api', what: method === 'DELETE' ? method : body, status: answer.status });
  return answer;
}

function hangUp(call: DocumentCall): RestAnswer {
  call.update({ kind: 'complete' });
  return { status: 204 };
}

function transfer(call: DocumentCall, request: RestRequest): RestAnswer {
  const { legs, aleg_url: url, aleg_method: method = 'POST' } = jsonOf(request) ?? {};
  if (legs !== 'aleg' || typeof url !== 'string' || !URL.canParse(url)) return refuse(400, 'legs and aleg_url are due');
  call.update({ kind: 'url', next: { url, method: method === 'GET' ? 'GET' : 'POST' } });
  return { status: 202, body: { message: 'call transferred', api_id: randomUUID() } };
}

function refuse(status: number, error: string): RestAnswer {
  return { status, body: { api_id: randomUUID(), error } };
}
