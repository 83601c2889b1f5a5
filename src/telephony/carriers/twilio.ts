import { pcmu, twilio as dialect } from '../../../relay';
import type { Carrier } from '../line';
import { saysOver, updateCall } from '../twiml/calls-api';
import { connectStream, dial, sayBusy } from '../twiml/documents';
import { readNotice } from '../twiml/notice';
import { isFormSigned } from '../twiml/signature';
import { urlForms } from '../url-forms';

/** Twilio: webhooks and media sockets are signed with the account's token (telephony reference, section 2). */
export const twilio: Carrier = {
  name: 'twilio',
  readNotice,
  lineOf(org, publicUrl) {
    const settings = org.telephony?.twilio;
    if (settings === undefined) return undefined;
    const { accountSid: account, authToken: keys, numbers, transferTo } = settings;
    const { apiKey = account, apiSecret = keys[0] ?? '' } = settings;
    const base = '/2010-04-01';
    const api = { origin: settings.apiBaseUrl, base, account, user: apiKey, password: apiSecret };
    const mediaOrigin = publicUrl.replace(/^http/, 'ws');
    const handOver = transferTo === undefined ? undefined : dial(transferTo);
    return {
      carrier: this.name,
      org,
      account,
      numbers,
      dialect,
      format: pcmu,
      signedWebhook: ({ path, headers, body }) =>
        isFormSigned(keys, urlForms(publicUrl, path), new URLSearchParams(body), headers[signature]),
      signedMedia: ({ path, headers }) => {
        // The slash is an addition of the network's that some have seen.
        const urls = [path, `${path}/`].flatMap((each) => urlForms(mediaOrigin, each));
        return isFormSigned(keys, urls, new URLSearchParams(), headers[signature]);
      },
      connect: ({ url }) => connectStream({ url }),
      busy: sayBusy,
      handOver,
      hangUp: (callId) => updateCall(api, callId, { Status: 'completed' }),
      transfer: (callId) => handOver && updateCall(api, callId, { Twiml: handOver.body }),
      saysOver,
    };
  },
};

const signature = 'x-twilio-signature';
