import { generateKeyPairSync } from 'node:crypto';
import {
  type DocumentCarrier,
  startJambonz,
  startPlivo,
  startSignalWire,
  startTwilio,
  startVonage,
  TelnyxKey,
} from '../../../simulator/carriers';

/** What is called, by whom, whom a call is handed over to, and what proves the requests of carriers. */
export const phone = {
  called: '+15550002222',
  caller: '+15550001111',
  colleague: '+15550003333',
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: '12345678901234567890123456789012',
  projectId: '00000000-0000-0000-0000-000000000000',
  signingKey: 'PSK_0123456789abcdef',
  apiToken: 'PT0123456789abcdef',
  authId: `MA${'0'.repeat(18)}`,
  applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  signatureSecret: 'signature-secret-0123456789',
  apiKey: 'KEY0123456789abcdef',
  jambonzAccount: '11111111-2222-4333-8444-555555555555',
  jambonzKey: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  webhookSecret: 'wh_secret_0123456789',
} as const;

/** The key pair of an application at Vonage, in PEM. */
export const applicationKeys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Where a carrier asks, and where that is really found. */
export interface Whereabouts {
  readonly answerUrl: string;
  readonly address: string;
}

/** What the relay has to know of an account at a carrier. */
export interface Account {
  readonly credentials: Readonly<Record<string, unknown>>;
  /** Those by which it would be another's account. */
  readonly another: Readonly<Record<string, unknown>>;
}

/** A carrier that asks for documents, and how its stand-in is started. */
export interface CarrierKind extends Account {
  start(whereabouts: Whereabouts): Promise<DocumentCarrier>;
}

const { accountSid, authToken, projectId, signingKey, apiToken, authId, applicationId, signatureSecret } = phone;
const { jambonzAccount, jambonzKey, webhookSecret } = phone;
const { publicKey, privateKey } = applicationKeys;

// The whereabouts are handed on as they are, because where the relay listens is written into them later.
export const carrierKinds = {
  twilio: {
    credentials: { accountSid, authToken },
    another: { accountSid: `AC${'9'.repeat(32)}` },
    start: (whereabouts) => startTwilio(Object.assign(whereabouts, { accountSid, authToken })),
  },
  signalwire: {
    credentials: { projectId, signingKey, apiToken, space: 'example' },
    another: { projectId: '99999999-9999-4999-9999-999999999999' },
    start: (whereabouts) => startSignalWire(Object.assign(whereabouts, { projectId, signingKey, apiToken })),
  },
  plivo: {
    credentials: { authId, authToken },
    another: { authToken: 'the-token-of-another' },
    start: (whereabouts) => startPlivo(Object.assign(whereabouts, { authId, authToken })),
  },
  vonage: {
    credentials: { applicationId, signatureSecret, privateKey },
    another: { applicationId: '99999999-9999-4999-9999-999999999999' },
    start: (whereabouts) =>
      startVonage(
        Object.assign(whereabouts, { applicationId, signatureSecret, publicKey, answerMethod: 'POST' as const }),
      ),
  },
  jambonz: {
    credentials: { accountSid: jambonzAccount, apiKey: jambonzKey, webhookSecret },
    another: { accountSid: '99999999-9999-4999-9999-999999999999' },
    start: (whereabouts) =>
      startJambonz(Object.assign(whereabouts, { accountSid: jambonzAccount, apiKey: jambonzKey, webhookSecret })),
  },
} satisfies Record<string, CarrierKind>;

export type CarrierName = keyof typeof carrierKinds;

/** Signs the webhooks of Telnyx. */
export const telnyxKeySeed = Buffer.alloc(32, 7);

/** An account at a carrier that takes commands. */
export const telnyxAccount = {
  credentials: { publicKey: new TelnyxKey(telnyxKeySeed).publicKey, apiKey: phone.apiKey },
  another: { publicKey: new TelnyxKey(Buffer.alloc(32, 8)).publicKey },
} satisfies Account;

/** What an Asterisk shows us, and what we show it. */
export const asteriskAccount = {
  credentials: {
    username: 'pbx',
    password: 'password-of-the-pbx',
    ariUsername: 'relay',
    ariPassword: 'password-of-ari',
  },
  another: { password: 'password-of-another' },
} satisfies Account;

/** Everything that proves who somebody is to a carrier, or a carrier to us. A key in PEM form is told line by line. */
export const secretsOfCarriers = [...Object.values(carrierKinds), telnyxAccount, asteriskAccount]
  .flatMap(({ credentials }) => Object.values(credentials))
  .flatMap((value) => value.trim().split('\n'))
  .filter((secret) => secret.length >= 8);
