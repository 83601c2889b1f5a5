import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
import { ask, called, caller, find, jsonType } from './webhook';
import { linearBytes, type PhoneWire } from './wire';

/** Vonage (telephony reference, section 6), with audio that passes untouched at 24 kHz and is resampled at other rates. */
export function vonage(rateHz: 8000 | 16000 | 24000): PhoneWire {
  const contentType = `audio/l16;rate=${rateHz}`;
  return {
    name: `vonage, L16 at ${rateHz / 1_000} kHz`,
    bytes: linearBytes(rateHz),
    telephony: (apiBaseUrl) => ({
      vonage: {
        applicationId,
        privateKey: privateKeyOf(),
        signatureSecret: secret,
        contentType,
        numbers: [called],
        apiBaseUrl,
      },
    }),
    async ring(callId, door) {
      const body = JSON.stringify({ from: digits(caller), to: digits(called), uuid: callId });
      const payloadHash = createHash('sha256').update(body).digest('hex');
      const headers = { ...jsonType, authorization: bearer({ payload_hash: payloadHash }) };
      const url = find(/"uri":"([^"]+)"/, await ask(door, 'vonage', headers, body));
      return { url, headers: { authorization: bearer({}) } };
    },
    opening: (callId) => [{ event: 'websocket:connected', 'content-type': contentType, caller_uuid: callId }],
    heard: (audio) => audio,
    spoken: (audio) => audio,
    readRequest({ action, payload }) {
      if (action === 'clear') return { kind: 'clear' };
      return action === 'notify' ? { kind: 'mark', answer: { event: 'websocket:notify', payload } } : { kind: 'other' };
    },
  };
}

const applicationId = '00000000-0000-4000-8000-000000000000';
const secret = 'the-signature-secret-of-the-account';

/** Only to hang up and transfer with, which nobody does here. */
function privateKeyOf(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const digits = (number: string) => number.replace('+', '');

function bearer(claims: object): string {
  const iat = Math.floor(Date.now() / 1_000);
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { iat, iss: 'Vonage', application_id: applicationId, ...claims },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `Bearer ${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
