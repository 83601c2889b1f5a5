import { jambonz as dialect } from '../../../relay';
import { handOverPath } from '../addresses';
import type { ApiRequest } from '../carrier-api';
import { isJambonzSigned } from '../jambonz/signature';
import { dial, listen, mediaAuthorization, sayBusy } from '../jambonz/verbs';
import { readNotice } from '../jambonz/notice';
import { jsonDocument } from '../json-document';
import type { Carrier } from '../line';
import { isSameSecret } from '../same-secret';

/**
 * jambonz, hosted or one's own: webhooks are signed with the account's secret, media sockets show credentials that the
 * document gave them, and a live call takes its next document by its address (telephony reference, sections 9 and 15).
 */
export const jambonz: Carrier = {
  name: 'jambonz',
  readNotice,
  lineOf(org, publicUrl) {
    const settings = org.telephony?.jambonz;
    if (settings === undefined) return undefined;
    const { accountSid: account, apiKey, webhookSecret: keys, numbers, transferTo, sampleRate } = settings;
    const { origin, pathname } = new URL(settings.apiBaseUrl);
    const handOver = transferTo === undefined ? undefined : jsonDocument(dial(transferTo));
    const callHook = { url: publicUrl + handOverPath(this.name), method: 'POST' };
    // Not `DELETE`, by which jambonz may forget a call that goes on.
    const change = (callId: string, what: Readonly<Record<string, unknown>>): ApiRequest => ({
      origin,
      path: `${pathname.replace(/\/$/, '')}/v1/Accounts/${account}/Calls/${encodeURIComponent(callId)}`,
      method: 'PUT',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(what)),
    });
    return {
      carrier: this.name,
      org,
      account,
      numbers,
      dialect,
      format: { encoding: 'l16', rateHz: sampleRate },
      signedWebhook: (request) => isJambonzSigned(keys, request),
      signedMedia: ({ headers: { authorization = '' }, bearer }) =>
        isSameSecret(authorization, mediaAuthorization(bearer)),
      connect: (media) => jsonDocument(listen(media, sampleRate)),
      busy: () => jsonDocument(sayBusy()),
      handOver,
      hangUp: (callId) => change(callId, { call_status: 'completed' }),
      transfer: (callId) => handOver && change(callId, { call_hook: callHook }),
      // 422: the media server has no such call any more.
      saysOver: ({ httpStatus }) => httpStatus === 404 || httpStatus === 422,
    };
  },
};
