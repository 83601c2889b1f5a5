import { type CarrierFormat, asterisk as dialect, pcma, pcmu } from '../../../relay';
import type { AsteriskSettings } from '../../config/telephony';
import { sharedVariable } from '../asterisk/ari';
import { isBasic } from '../basic';
import type { DialplanCarrier } from '../line';

/** What a dialplan finds out from its channel after we have hung up: whom the caller is to be connected with. */
export const transferVariable = 'RELAY_TRANSFER_TO';

/**
 * Asterisk with `chan_websocket` (telephony reference, section 7): its dialplan streams calls to us, and goes on with a caller
 * when we close the stream. So to hang up is to close it, and to hand over is to leave the dialplan a word before.
 */
export const asterisk: DialplanCarrier = {
  name: 'asterisk',
  lineOf(org) {
    const settings = org.telephony?.asterisk;
    if (settings === undefined) return undefined;
    const { numbers, username, password: passwords, codec, transferTo } = settings;
    const { apiBaseUrl: origin, ariUsername = '', ariPassword = '' } = settings;
    const ari = { origin, username: ariUsername, password: ariPassword };
    return {
      carrier: this.name,
      org,
      numbers,
      dialect,
      format: formats[codec],
      streamsHaveOwnIds: true,
      signedMedia: ({ headers }) => isBasic(headers, username, passwords),
      handsOverOnClose: true,
      transfer: (callId) =>
        transferTo === undefined ? undefined : sharedVariable(ari, callId, transferVariable, transferTo),
      // A channel that is gone is not told apart from one that is there; the stream has ended then.
      saysOver: () => false,
    };
  },
};

const formats: Readonly<Record<AsteriskSettings['codec'], CarrierFormat>> = {
  ulaw: pcmu,
  alaw: pcma,
  slin: { encoding: 'l16', rateHz: 8000 },
  slin16: { encoding: 'l16', rateHz: 16000 },
  slin24: { encoding: 'l16', rateHz: 24000 },
};
