import { z } from 'zod';
import {
  apiBaseUrl,
  apiBaseUrlWithPath,
  dialplanTarget,
  ofEveryCarrier,
  oneOrSeveral,
  rsaPrivateKey,
  secret,
  secrets,
  userName,
} from './telephony-values';

/** `orgs.<id>.telephony`: the phone numbers of an org, by carrier. Credentials are named as the carrier names them. */

const twilioSchema = z
  .strictObject({
    ...ofEveryCarrier,
    accountSid: z.string().regex(/^AC[0-9a-f]{32}$/, 'must be "AC" and 32 hexadecimal digits'),
    /** Proves that webhooks and media sockets are Twilio's. */
    authToken: secrets,
    /** A key of the HTTP interface and its secret; left out: the account's own credentials, the first token of them. */
    apiKey: z
      .string()
      .regex(/^SK[0-9a-f]{32}$/, 'must be "SK" and 32 hexadecimal digits')
      .optional(),
    apiSecret: secret.optional(),
    apiBaseUrl: apiBaseUrl.default('https://api.twilio.com'),
  })
  .refine(({ apiKey, apiSecret }) => (apiKey === undefined) === (apiSecret === undefined), {
    path: ['apiSecret'],
    message: 'goes with apiKey: set both or none',
  });

const signalwireSchema = z.strictObject({
  ...ofEveryCarrier,
  projectId: z.guid('must be a UUID'),
  apiToken: secret,
  /** Proves that webhooks are SignalWire's. */
  signingKey: secrets,
  /** The first part of `<space>.signalwire.com`. */
  space: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be the first part of <space>.signalwire.com'),
  /** What calls are heard and spoken in. */
  codec: z.enum(['PCMU@8000h', 'L16@16000h', 'L16@24000h']).default('PCMU@8000h'),
  /** Left out: that of the space. */
  apiBaseUrl: apiBaseUrl.optional(),
});

/** An Ed25519 key. */
const publicKey = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64, as the portal shows it');

const telnyxSchema = z.strictObject({
  ...ofEveryCarrier,
  /** Proves that webhooks are Telnyx's. */
  publicKey: oneOrSeveral(publicKey),
  /** What commands are given with. */
  apiKey: secret,
  /** What calls are heard and spoken in. */
  codec: z.enum(['PCMU', 'PCMA']).default('PCMU'),
  apiBaseUrl: apiBaseUrl.default('https://api.telnyx.com'),
});

const plivoSchema = z.strictObject({
  ...ofEveryCarrier,
  /** Of the account or a subaccount. */
  authId: z.string().regex(/^[MS]A[A-Z0-9]{18}$/, 'must be "MA" or "SA" and 18 capital letters or digits'),
  /** Proves that webhooks and media sockets are Plivo's; the first is the password of the HTTP interface. */
  authToken: secrets,
  /** What calls are heard and spoken in. */
  contentType: z
    .enum(['audio/x-mulaw;rate=8000', 'audio/x-l16;rate=8000', 'audio/x-l16;rate=16000'])
    .default('audio/x-mulaw;rate=8000'),
  apiBaseUrl: apiBaseUrl.default('https://api.plivo.com'),
});

const vonageSchema = z.strictObject({
  ...ofEveryCarrier,
  applicationId: z.guid('must be a UUID').toLowerCase(),
  /** Makes the tokens of the HTTP interface. */
  privateKey: rsaPrivateKey,
  /** Proves that webhooks and media sockets are Vonage's. */
  signatureSecret: secrets,
  /** What calls are heard and spoken in; at 24 kHz it passes as it is. */
  contentType: z
    .enum(['audio/l16;rate=8000', 'audio/l16;rate=16000', 'audio/l16;rate=24000'])
    .default('audio/l16;rate=24000'),
  apiBaseUrl: apiBaseUrl.default('https://api.nexmo.com'),
});

const jambonzSchema = z.strictObject({
  ...ofEveryCarrier,
  accountSid: z.guid('must be a UUID').toLowerCase(),
  /** To hang up and transfer with. */
  apiKey: secret,
  /** Proves that webhooks are jambonz's. */
  webhookSecret: secrets,
  /** What calls are heard and spoken in, in Hz; at 24000 they pass as they are. */
  sampleRate: z.literal([8000, 16000, 24000]).default(24000),
  apiBaseUrl: apiBaseUrlWithPath.default('https://jambonz.cloud/api'),
});

const asteriskSchema = z
  .strictObject({
    ...ofEveryCarrier,
    transferTo: dialplanTarget.optional(),
    /** With the password, proves that a stream is opened by this Asterisk. */
    username: userName,
    password: secrets,
    /** What calls are heard and spoken in; G.711 and 24 kHz pass as they are. */
    codec: z.enum(['ulaw', 'alaw', 'slin', 'slin16', 'slin24']).default('ulaw'),
    /** A user of ARI, by which the dialplan is told whom a caller is handed over to. */
    ariUsername: userName.optional(),
    ariPassword: secret.optional(),
    apiBaseUrl: apiBaseUrl.default('http://127.0.0.1:8088'),
  })
  .refine(({ ariUsername, ariPassword }) => (ariUsername === undefined) === (ariPassword === undefined), {
    path: ['ariPassword'],
    message: 'goes with ariUsername: set both or none',
  })
  .refine(({ transferTo, ariUsername }) => transferTo === undefined || ariUsername !== undefined, {
    path: ['transferTo'],
    message: 'needs ariUsername and ariPassword, by which Asterisk is told whom to connect a caller with',
  });

export const telephonySchema = z.strictObject({
  twilio: twilioSchema.optional(),
  signalwire: signalwireSchema.optional(),
  telnyx: telnyxSchema.optional(),
  plivo: plivoSchema.optional(),
  vonage: vonageSchema.optional(),
  asterisk: asteriskSchema.optional(),
  jambonz: jambonzSchema.optional(),
});

export type TelephonySettings = z.infer<typeof telephonySchema>;
export type TwilioSettings = z.infer<typeof twilioSchema>;
export type AsteriskSettings = z.infer<typeof asteriskSchema>;
export type VonageSettings = z.infer<typeof vonageSchema>;
export type PlivoSettings = z.infer<typeof plivoSchema>;
export type SignalWireSettings = z.infer<typeof signalwireSchema>;

/** Whoever reads the numbers alone: each carrier's, by its name. */
export function numbersByCarrier(telephony: TelephonySettings | undefined): [carrier: string, numbers: string[]][] {
  return Object.entries(telephony ?? {}).flatMap(([carrier, settings]): [string, string[]][] =>
    settings === undefined ? [] : [[carrier, settings.numbers]],
  );
}
