import { type CarrierFormat, pcmu, plivo as dialect } from '../../../relay';
import type { PlivoSettings } from '../../config/telephony';
import { handOverPath } from '../addresses';
import { basic } from '../basic';
import type { ApiRequest } from '../carrier-api';
import type { Carrier } from '../line';
import { dial, speakBusy, stream } from '../plivo/documents';
import { readNotice } from '../plivo/notice';
import { isPlivoSigned } from '../plivo/signature';
import { urlForms } from '../url-forms';

/**
 * Plivo: webhooks and media sockets are signed with the account's token, and a live call takes its next document by its
 * address (telephony reference, sections 5 and 15).
 */
export const plivo: Carrier = {
  name: 'plivo',
  readNotice,
  lineOf(org, publicUrl) {
    const settings = org.telephony?.plivo;
    if (settings === undefined) return undefined;
    const { authId: account, authToken: keys, numbers, transferTo, contentType, apiBaseUrl: origin } = settings;
    const authorization = basic(account, keys[0] ?? '');
    const handOver = transferTo === undefined ? undefined : dial(transferTo);
    const requestFor = (callId: string): Pick<ApiRequest, 'origin' | 'path'> => ({
      origin,
      path: `/v1/Account/${account}/Call/${encodeURIComponent(callId)}/`,
    });
    const transferRequest = { legs: 'aleg', aleg_url: publicUrl + handOverPath(this.name), aleg_method: 'POST' };
    return {
      carrier: this.name,
      org,
      numbers,
      dialect,
      format: formats[contentType],
      signedWebhook: ({ path, headers, body }) =>
        isPlivoSigned(keys, { urls: urlForms(publicUrl, path), form: new URLSearchParams(body) }, headers),
      signedMedia: ({ path, headers }) => {
        // Under which scheme the address of a socket is signed is not published.
        const origins = ['wss', 'https', 'http'].map((scheme) => publicUrl.replace(/^https?/, scheme));
        return isPlivoSigned(keys, { urls: origins.flatMap((each) => urlForms(each, path)) }, headers);
      },
      connect: ({ url }) => stream(url, contentType),
      busy: speakBusy,
      handOver,
      hangUp: (callId) => ({
        ...requestFor(callId),
        method: 'DELETE',
        headers: { authorization },
        body: Buffer.alloc(0),
      }),
      transfer: (callId) =>
        handOver && {
          ...requestFor(callId),
          headers: { authorization, 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify(transferRequest)),
        },
      saysOver: ({ httpStatus }) => httpStatus === 404,
    };
  },
};

const formats: Readonly<Record<PlivoSettings['contentType'], CarrierFormat>> = {
  'audio/x-mulaw;rate=8000': pcmu,
  'audio/x-l16;rate=8000': { encoding: 'l16', rateHz: 8000 },
  'audio/x-l16;rate=16000': { encoding: 'l16', rateHz: 16000 },
};
