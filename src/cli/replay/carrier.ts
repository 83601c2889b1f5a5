import { createPublicKey } from 'node:crypto';
import { startPlanned } from '../../../replay/load/load';
import { phoneSessions, type Telephone } from '../../../replay/load/phone-sessions';
import type { Manner } from '../../../replay/player/model';
import type { Script } from '../../../replay/player/script';
import {
  startAsterisk,
  startJambonz,
  startPlivo,
  startSignalWire,
  startTwilio,
  startVonage,
} from '../../../simulator/carriers';
import type { TelephonySettings } from '../../config/telephony';
import { ownOrigin } from '../own-origin';
import { settingsOrExit } from '../settings';
import type { Stage } from './stage';
import { UsageError } from './usage-error';

/**
 * Carriers whose calls can be played with what a relay knows of them. Telnyx is none: its webhooks are signed with a key of which
 * the relay has the public half only.
 */
export const carrierNames = ['twilio', 'signalwire', 'plivo', 'vonage', 'jambonz', 'asterisk'] as const;
export type CarrierName = (typeof carrierNames)[number];

/** A stand-in for a carrier that is up. */
interface RunningCarrier extends Telephone {
  close(): Promise<void>;
}

/**
 * Brings up a stand-in for a carrier that calls the relay of this directory's settings: its number, its credentials.
 *
 * @param url where that relay is reached; by default where its settings say.
 * @throws UsageError where the settings have no number of that carrier.
 */
export async function openCarrierStage(
  name: CarrierName,
  scripts: readonly Script[],
  manner: Manner,
  url: string | undefined,
): Promise<Stage> {
  const config = settingsOrExit({ needsUpstream: false });
  const settings = config.orgs.map(({ telephony }) => telephony?.[name]).find((line) => line !== undefined);
  const [number] = settings?.numbers ?? [];
  if (settings === undefined || number === undefined) {
    throw new UsageError(`--carrier: the settings have no number of ${name} (telephony.${name}.numbers).`);
  }
  const address = url === undefined ? ownOrigin(config) : new URL(url.replace(/^ws/, 'http')).origin;
  const origin = config.listen.publicUrl ?? address;
  const apiPort = loopbackPort(settings.apiBaseUrl);
  if (apiPort === undefined) {
    console.log(
      `Note: the relay would ask the real ${name} to hang up these calls, which it does not know. Set telephony.${name}.apiBaseUrl to ` +
        'http://127.0.0.1:9100 for a test, and start the relay anew.',
    );
  }
  const whereabouts = { answerUrl: `${origin}/telephony/${name}/voice`, address, apiPort: apiPort ?? 0 };
  const carrier = await start(name, { [name]: settings }, whereabouts);
  return {
    shown: `${address}, as calls of ${name} to ${number}`,
    start: (plan) => startPlanned(plan, phoneSessions(scripts, manner, carrier, number)),
    close: () => carrier.close(),
  };
}

interface Whereabouts {
  readonly answerUrl: string;
  readonly address: string;
  readonly apiPort: number;
}

/** Shows what the relay expects to be shown; of several secrets the first. */
async function start(name: CarrierName, all: TelephonySettings, at: Whereabouts): Promise<RunningCarrier> {
  const { twilio, signalwire, plivo, vonage, jambonz, asterisk } = all;
  if (twilio) return startTwilio({ ...at, accountSid: twilio.accountSid, authToken: first(twilio.authToken) });
  if (signalwire) {
    const { projectId, apiToken, signingKey } = signalwire;
    return startSignalWire({ ...at, projectId, apiToken, signingKey: first(signingKey) });
  }
  if (plivo) return startPlivo({ ...at, authId: plivo.authId, authToken: first(plivo.authToken) });
  if (vonage) {
    const { applicationId, signatureSecret, privateKey } = vonage;
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
    const secrets = { signatureSecret: first(signatureSecret), publicKey };
    return startVonage({ ...at, applicationId, ...secrets, answerMethod: 'POST' });
  }
  if (jambonz) {
    const { accountSid, apiKey, webhookSecret } = jambonz;
    return startJambonz({ ...at, accountSid, apiKey, webhookSecret: first(webhookSecret) });
  }
  if (asterisk) {
    const { username, password, codec, ariUsername, ariPassword } = asterisk;
    const ari =
      ariUsername === undefined || ariPassword === undefined
        ? {}
        : { ari: { username: ariUsername, password: ariPassword } };
    const uri = new URL('/telephony/asterisk/media', at.answerUrl.replace(/^http/, 'ws')).href;
    return startAsterisk({
      uri,
      address: at.address,
      apiPort: at.apiPort,
      username,
      password: first(password),
      codec,
      ...ari,
    });
  }
  throw new UsageError(`--carrier: calls of ${name} cannot be played.`);
}

const first = (secrets: string | readonly string[]): string =>
  typeof secrets === 'string' ? secrets : (secrets[0] ?? '');

/** The port of an address of this machine. */
function loopbackPort(url: string | undefined): number | undefined {
  if (url === undefined) return undefined;
  const { hostname, port } = new URL(url);
  return hostname === '127.0.0.1' || hostname === 'localhost' ? Number(port) : undefined;
}
