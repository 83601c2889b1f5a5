import { generateKeyPairSync } from 'node:crypto';
import {
  MULAW_8K,
  type PhoneCall,
  startAsterisk,
  startJambonz,
  startPlivo,
  startSignalWire,
  startTelnyx,
  startTwilio,
  startVonage,
  type WireFormat,
} from '../../simulator/carriers';
import { dialplanMediaPath, voicePath } from '../telephony/addresses';

/** A stand-in for a carrier, with an account at which a relay has a number. */
export interface PhoneLine {
  readonly carrier: DemoCarrier;
  /** What the relay has to know of the account. */
  readonly credentials: Readonly<Record<string, unknown>>;
  /** What calls are heard and spoken in. */
  readonly format: WireFormat;
}

/** As much of a stand-in as all of them have. */
export interface DemoCarrier {
  /** What stands for the origin of the carrier's HTTP interface. */
  readonly apiUrl: string;
  /** Somebody calls. */
  call(options: { readonly to: string }): PhoneCall;
  close(): Promise<void>;
}

/** Where a relay is. */
export interface RelayPlace {
  /** Its origin, as carriers know it. */
  readonly publicUrl: string;
  /** Where that is really found; known only once the relay listens, and looked at when somebody calls. */
  address: string;
}

/** How a stand-in is started, by the name of its carrier. Each has the audio that it has unless told otherwise. */
export const phoneLines = {
  async twilio(place) {
    const credentials = { accountSid: `AC${'0'.repeat(32)}`, authToken: secret };
    return { carrier: await startTwilio(withWebhook(place, 'twilio', credentials)), credentials, format: MULAW_8K };
  },
  async signalwire(place) {
    const credentials = { projectId: uuid, apiToken: otherSecret, signingKey: secret, space: 'demo' };
    const carrier = await startSignalWire(withWebhook(place, 'signalwire', credentials));
    return { carrier, credentials, format: MULAW_8K };
  },
  async telnyx(place) {
    const webhookUrl = place.publicUrl + voicePath('telnyx');
    const carrier = await startTelnyx(placed(place, { webhookUrl, apiKey: otherSecret }));
    return { carrier, credentials: { publicKey: carrier.publicKey, apiKey: otherSecret }, format: MULAW_8K };
  },
  async plivo(place) {
    const credentials = { authId: `MA${'0'.repeat(18)}`, authToken: secret };
    return { carrier: await startPlivo(withWebhook(place, 'plivo', credentials)), credentials, format: MULAW_8K };
  },
  async vonage(place) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const account = { applicationId: uuid, signatureSecret: secret };
    const carrier = await startVonage(
      withWebhook(place, 'vonage', { ...account, publicKey, answerMethod: 'POST' as const }),
    );
    return { carrier, credentials: { ...account, privateKey }, format: linear24k };
  },
  async asterisk(place) {
    const [user, ari] = [
      { username: 'pbx', password: secret },
      { username: 'relay', password: otherSecret },
    ];
    const uri = place.publicUrl.replace(/^http/, 'ws') + dialplanMediaPath('asterisk');
    const carrier = await startAsterisk(placed(place, { ...user, uri, ari }));
    const credentials = { ...user, ariUsername: ari.username, ariPassword: ari.password };
    return { carrier, credentials, format: MULAW_8K };
  },
  async jambonz(place) {
    const credentials = { accountSid: uuid, apiKey: otherSecret, webhookSecret: secret };
    return { carrier: await startJambonz(withWebhook(place, 'jambonz', credentials)), credentials, format: linear24k };
  },
} satisfies Readonly<Record<string, (place: RelayPlace) => Promise<PhoneLine>>>;

/** A carrier that the demo has a stand-in for. */
export type PhoneLineName = keyof typeof phoneLines;

/** Their names. */
// Object.keys forgets the names; they are those of `phoneLines`.
export const phoneLineNames = Object.keys(phoneLines) as readonly PhoneLineName[];

const uuid = '00000000-0000-4000-8000-000000000000';
const secret = 'the-auth-token-of-the-demo';
const otherSecret = 'the-api-token-of-the-demo';
const linear24k: WireFormat = { encoding: 'l16', sampleRate: 24000 };

/** Options of a carrier that asks at the relay's webhook. */
function withWebhook<Rest extends object>(place: RelayPlace, carrier: string, rest: Rest) {
  return placed(place, { ...rest, answerUrl: place.publicUrl + voicePath(carrier) });
}

/** Options whose `address` is what the place has by the time somebody calls. */
function placed<Rest extends object>(place: RelayPlace, rest: Rest): Rest & { readonly address: string } {
  return {
    ...rest,
    get address() {
      return place.address;
    },
  };
}
