import { pcmu, type CarrierFormat, signalwire as dialect } from '../../../relay';
import type { SignalWireSettings } from '../../config/telephony';
import { isBearer } from '../bearer';
import { handOverPath } from '../addresses';
import type { Carrier } from '../line';
import { saysOver, updateCall } from '../twiml/calls-api';
import { connectStream, dial, sayBusy } from '../twiml/documents';
import { readNotice } from '../twiml/notice';
import { isFormSigned } from '../twiml/signature';
import { urlForms } from '../url-forms';

/**
 * SignalWire, Twilio's language with differences (telephony reference, section 3): webhooks are signed with the project's
 * signing key, media sockets carry a bearer that the document gave them, and a live call takes its next document by its
 * address alone.
 */
export const signalwire: Carrier = {
  name: 'signalwire',
  readNotice,
  lineOf(org, publicUrl) {
    const settings = org.telephony?.signalwire;
    if (settings === undefined) return undefined;
    const { projectId: account, apiToken, signingKey: keys, space, numbers, transferTo, codec } = settings;
    const origin = settings.apiBaseUrl ?? `https://${space}.signalwire.com`;
    const api = { origin, base: '/api/laml/2010-04-01', account, user: account, password: apiToken };
    const handOver = transferTo === undefined ? undefined : dial(transferTo);
    const handOverUrl = publicUrl + handOverPath(this.name);
    return {
      carrier: this.name,
      org,
      account,
      numbers,
      dialect,
      format: formats[codec],
      signedWebhook: ({ path, headers, body }) =>
        isFormSigned(
          keys,
          urlForms(publicUrl, path),
          new URLSearchParams(body),
          headers['x-signalwire-signature'] ?? headers['x-twilio-signature'],
        ),
      signedMedia: ({ headers, bearer }) => isBearer(headers, bearer),
      connect: ({ url, bearer }) => connectStream({ url, codec, authBearerToken: bearer }),
      busy: sayBusy,
      handOver,
      hangUp: (callId) => updateCall(api, callId, { Status: 'completed' }),
      transfer: (callId) => handOver && updateCall(api, callId, { Url: handOverUrl, Method: 'POST' }),
      saysOver,
    };
  },
};

const formats: Readonly<Record<SignalWireSettings['codec'], CarrierFormat>> = {
  'PCMU@8000h': pcmu,
  'L16@16000h': { encoding: 'l16', rateHz: 16000 },
  'L16@24000h': { encoding: 'l16', rateHz: 24000 },
};
