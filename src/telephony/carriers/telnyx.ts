import { pcma, pcmu, telnyx as dialect } from '../../../relay';
import type { Carrier } from '../line';
import { isSameSecret } from '../same-secret';
import { command, saysOver, streamOptions } from '../telnyx/commands';
import { readNotice } from '../telnyx/notice';
import { isTelnyxSigned, telnyxKey } from '../telnyx/signature';

/**
 * Telnyx: webhooks are signed with a key of its own and expect no answer but commands, and media sockets carry a token that
 * the command gave them (telephony reference, sections 4 and 15).
 */
export const telnyx: Carrier = {
  name: 'telnyx',
  readNotice,
  lineOf(org) {
    const settings = org.telephony?.telnyx;
    if (settings === undefined) return undefined;
    const { apiBaseUrl: origin, apiKey, numbers, transferTo: to, codec } = settings;
    const keys = settings.publicKey.map(telnyxKey);
    const api = { origin, apiKey };
    return {
      carrier: this.name,
      org,
      numbers,
      dialect,
      format: codec === 'PCMU' ? pcmu : pcma,
      outlivesStream: true,
      takesCommands: true,
      signedWebhook: (request) => isTelnyxSigned(keys, request),
      signedMedia: ({ headers: { [tokenHeader]: given }, bearer }) =>
        typeof given === 'string' && isSameSecret(given, bearer),
      connect: (media) => ({ command: command(api, media.callId, 'answer', streamOptions(media, codec)) }),
      // A call that has not been answered costs the caller nothing, and cannot be spoken into.
      busy: (callId) => ({ command: command(api, callId, 'hangup') }),
      handOver: undefined,
      hangUp: (callId) => command(api, callId, 'hangup'),
      transfer: (callId) => (to === undefined ? undefined : command(api, callId, 'transfer', { to })),
      saysOver,
    };
  },
};

const tokenHeader = 'x-telnyx-streaming-auth-token';
