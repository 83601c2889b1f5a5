import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { CarrierName } from './names';
import { telnyxTestKey } from './start-carrier';

/** Makes up an account at a carrier: what stands in the settings of a relay beside `numbers` and `apiBaseUrl`. */
export function madeUpAccount(name: CarrierName): Readonly<Record<string, string>> {
  switch (name) {
    case 'twilio':
      return { accountSid: `AC${secret()}`, authToken: secret() };
    case 'signalwire':
      return { projectId: randomUUID(), apiToken: secret(), signingKey: secret(), space: 'example' };
    case 'telnyx': {
      const apiKey = secret();
      return { apiKey, publicKey: telnyxTestKey(apiKey) };
    }
    case 'plivo':
      return { authId: `MA${secret().slice(0, 18).toUpperCase()}`, authToken: secret() };
    case 'vonage':
      return { applicationId: randomUUID(), signatureSecret: secret(), privateKey: rsaKey() };
    case 'jambonz':
      return { accountSid: randomUUID(), apiKey: randomUUID(), webhookSecret: secret() };
    case 'asterisk':
      return { username: 'pbx', password: secret() };
  }
}

/** 32 hexadecimal digits. */
const secret = () => randomBytes(16).toString('hex');

function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
