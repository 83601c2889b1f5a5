import { createHash, createPublicKey } from 'node:crypto';
import type { Telephone } from '../../../../replay/load/phone-sessions';
import {
  startAsterisk,
  startJambonz,
  startPlivo,
  startSignalWire,
  startTelnyx,
  startTwilio,
  startVonage,
  TelnyxKey,
} from '../../../../simulator/carriers';
import type { TelephonySettings } from '../../../config/telephony';
import { dialplanMediaPath, voicePath } from '../../../telephony/addresses';
import type { CarrierName } from './names';

/** A stand-in for a carrier that is up. */
export interface RunningCarrier extends Telephone {
  /** What stands for the origin of the carrier's HTTP interface. */
  readonly apiUrl: string;
  close(): Promise<void>;
}

/** Where a relay is, and where the carrier is to be. */
export interface Whereabouts {
  /** The relay's origin as the carrier knows it. */
  readonly publicUrl: string;
  /** The relay's origin as it is really reached. */
  readonly address: string;
  /** The port of the carrier's HTTP interface, 0 for any. */
  readonly apiPort: number;
}

/**
 * Starts a stand-in for a carrier. It shows what a relay with these settings expects to be shown; of several secrets the first.
 *
 * @returns undefined where the settings have no such carrier.
 */
export async function startCarrier(
  name: CarrierName,
  settings: TelephonySettings,
  { publicUrl, address, apiPort }: Whereabouts,
): Promise<RunningCarrier | undefined> {
  const { twilio, signalwire, telnyx, plivo, vonage, jambonz, asterisk } = settings;
  const at = { answerUrl: publicUrl + voicePath(name), address, apiPort };
  switch (name) {
    case 'twilio': {
      if (twilio === undefined) return undefined;
      const { accountSid, authToken, apiKey: sid, apiSecret: secret } = twilio;
      const apiKeys = sid === undefined || secret === undefined ? [] : [{ sid, secret }];
      return startTwilio({ ...at, accountSid, authToken: first(authToken), apiKeys });
    }
    case 'signalwire': {
      if (signalwire === undefined) return undefined;
      const { projectId, apiToken, signingKey } = signalwire;
      return startSignalWire({ ...at, projectId, apiToken, signingKey: first(signingKey) });
    }
    case 'telnyx': {
      if (telnyx === undefined) return undefined;
      const { apiKey } = telnyx;
      return startTelnyx({ webhookUrl: at.answerUrl, address, apiPort, apiKey, keySeed: telnyxTestSeed(apiKey) });
    }
    case 'plivo':
      return plivo && startPlivo({ ...at, authId: plivo.authId, authToken: first(plivo.authToken) });
    case 'vonage': {
      if (vonage === undefined) return undefined;
      const { applicationId, signatureSecret, privateKey } = vonage;
      const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
      const secrets = { signatureSecret: first(signatureSecret), publicKey };
      return startVonage({ ...at, applicationId, ...secrets, answerMethod: 'POST' });
    }
    case 'jambonz': {
      if (jambonz === undefined) return undefined;
      const { accountSid, apiKey, webhookSecret } = jambonz;
      return startJambonz({ ...at, accountSid, apiKey, webhookSecret: first(webhookSecret) });
    }
    case 'asterisk': {
      if (asterisk === undefined) return undefined;
      const { username, password, codec, ariUsername, ariPassword } = asterisk;
      const hasAri = ariUsername !== undefined && ariPassword !== undefined;
      const ari = hasAri ? { ari: { username: ariUsername, password: ariPassword } } : {};
      const uri = publicUrl.replace(/^http/, 'ws') + dialplanMediaPath(name);
      return startAsterisk({ uri, address, apiPort, username, password: first(password), codec, ...ari });
    }
  }
}

/**
 * The public key of the stand-in for Telnyx, in base64. Telnyx alone signs with a key of which a relay has the public half only; the
 * stand-in's key is made of the API key, so that nobody has to keep another secret.
 */
export function telnyxTestKey(apiKey: string): string {
  return new TelnyxKey(telnyxTestSeed(apiKey)).publicKey;
}

const telnyxTestSeed = (apiKey: string) => createHash('sha256').update(`realtime-relay replay ${apiKey}`).digest();

const first = (secrets: string | readonly string[]): string =>
  typeof secrets === 'string' ? secrets : (secrets[0] ?? '');
