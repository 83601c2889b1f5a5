import { createPrivateKey } from 'node:crypto';
import { type CarrierFormat, vonage as dialect } from '../../../relay';
import type { VonageSettings } from '../../config/telephony';
import type { ApiRequest } from '../carrier-api';
import { jsonDocument } from '../json-document';
import type { Carrier } from '../line';
import { applicationToken } from '../vonage/application-token';
import { connectWebSocket, connectWith, talkBusy } from '../vonage/ncco';
import { readNotice } from '../vonage/notice';
import { isSignedByVonage } from '../vonage/signed-token';

/**
 * Vonage: webhooks and media sockets carry tokens signed with the account's signature secret, its HTTP interface takes tokens
 * signed with the application's own key (telephony reference, sections 6 and 15).
 */
export const vonage: Carrier = {
  name: 'vonage',
  readNotice,
  lineOf(org) {
    const settings = org.telephony?.vonage;
    if (settings === undefined) return undefined;
    const { applicationId, numbers, transferTo, contentType, apiBaseUrl: origin } = settings;
    const signer = { secrets: settings.signatureSecret, applicationId };
    const privateKey = createPrivateKey(settings.privateKey);
    const [shown = ''] = numbers;
    const handOver = transferTo === undefined ? undefined : connectWith(transferTo, shown);
    const change = async (callId: string, what: Readonly<Record<string, unknown>>): Promise<ApiRequest> => ({
      origin,
      path: `/v1/calls/${encodeURIComponent(callId)}`,
      method: 'PUT',
      headers: {
        authorization: `Bearer ${await applicationToken(applicationId, privateKey)}`,
        'content-type': 'application/json',
      },
      body: Buffer.from(JSON.stringify(what)),
    });
    return {
      carrier: this.name,
      org,
      numbers,
      dialect,
      format: { encoding: 'l16', rateHz: rates[contentType] },
      signedWebhook: ({ headers, body }) => isSignedByVonage(signer, headers, body),
      signedMedia: ({ headers }) => isSignedByVonage(signer, headers),
      connect: (media) => jsonDocument(connectWebSocket(media, contentType)),
      busy: () => jsonDocument(talkBusy()),
      handOver: handOver && jsonDocument(handOver),
      hangUp: (callId) => change(callId, { action: 'hangup' }),
      transfer: (callId) =>
        handOver && change(callId, { action: 'transfer', destination: { type: 'ncco', ncco: handOver } }),
      saysOver: ({ httpStatus }) => httpStatus === 404,
    };
  },
};

const rates: Readonly<Record<VonageSettings['contentType'], CarrierFormat['rateHz']>> = {
  'audio/l16;rate=8000': 8000,
  'audio/l16;rate=16000': 16000,
  'audio/l16;rate=24000': 24000,
};
