import { createPublicKey, randomUUID } from 'node:crypto';
import { type CarrierOptions, DocumentCarrier } from './documents/carrier';
import { type CallNews, type DocumentHouse, PLAIN_CODES } from './documents/house';
import { webSocketUrlFault } from './documents/web-socket-url';
import { VonageDialect } from './vonage/frames';
import { payloadHash, signedBearer } from './vonage/jwt';
import { readNcco } from './vonage/ncco';
import { changeVonageCall } from './vonage/rest';

export interface VonageOptions extends CarrierOptions {
  /** Default: a UUID of zeros. */
  readonly applicationId?: string;
  /** Default `abcd1234`. */
  readonly apiKey?: string;
  /** Signs webhooks and, where the NCCO asks for it, media sockets. */
  readonly signatureSecret: string;
  /** Checks the tokens of the HTTP interface (PEM). */
  readonly publicKey: string;
  /** How the answer webhook is asked. Default `GET`, with what it needs in the query. */
  readonly answerMethod?: 'GET' | 'POST';
}

/** Starts a stand-in for Vonage's Voice API (protocol reference, section 6). */
export function startVonage(options: VonageOptions): Promise<DocumentCarrier> {
  const { applicationId = '00000000-0000-0000-0000-000000000000', apiKey = 'abcd1234', signatureSecret } = options;
  const bearer = (claims: Readonly<Record<string, unknown>>) => {
    const iat = Math.floor(Date.now() / 1000);
    const own = { iat, jti: randomUUID(), iss: 'Vonage', application_id: applicationId, api_key: apiKey };
    return { authorization: `Bearer ${signedBearer({ ...own, ...claims }, signatureSecret)}` };
  };
  const { answerUrl, answerMethod = 'GET', statusCallback } = options;
  const house: DocumentHouse = {
    answer: { url: answerUrl, method: answerMethod },
    statusCallback: statusCallback === undefined ? undefined : { url: statusCallback, method: 'POST' },
    codes: PLAIN_CODES,
    newCallId: randomUUID,
    newStreamId: randomUUID,
    request({ url, method }, news) {
      const target = new URL(url);
      const fields = fieldsOf(news);
      if (method === 'GET') {
        for (const [name, value] of Object.entries(fields)) target.searchParams.append(name, value);
        return { url: target, headers: bearer({}) };
      }
      const body = JSON.stringify(fields);
      const headers = { 'content-type': 'application/json', ...bearer({ payload_hash: payloadHash(body) }) };
      return { url: target, headers, body };
    },
    read: readNcco,
    streamUrlFault: webSocketUrlFault,
    streamHeaders({ attributes: { authorization, authorizationValue = '' } }) {
      if (authorization === 'vonage') return bearer({});
      return authorization === 'custom' ? { authorization: authorizationValue } : {};
    },
    dialect: (stream) => new VonageDialect(stream),
  };
  const application = { id: applicationId, publicKey: createPublicKey(options.publicKey) };
  return DocumentCarrier.start(house, options, (request, find) => changeVonageCall(application, request, find));
}

function fieldsOf({ callId, from, to, status, about }: CallNews): Record<string, string> {
  const outcome = about.kind === 'dialled' ? about.outcome : status === 'in-progress' ? 'disconnected' : status;
  return {
    from: from.replace('+', ''),
    to: to.replace('+', ''),
    uuid: callId,
    conversation_uuid: `CON-${callId}`,
    ...(status === 'ringing' ? {} : { status: outcome }),
  };
}
