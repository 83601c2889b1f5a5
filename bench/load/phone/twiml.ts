import { createHmac } from 'node:crypto';
import { ask, called, caller, find, formType, publicUrl, voicePath } from './webhook';
import { type CarrierRequest, g711Bytes, type PhoneWire } from './wire';

/** Twilio (telephony reference, section 2). */
export const twilio: PhoneWire = {
  name: 'twilio, G.711',
  bytes: g711Bytes,
  telephony: (apiBaseUrl) => ({
    twilio: { accountSid: account, authToken: key, numbers: [called], apiBaseUrl },
  }),
  async ring(callId, door) {
    const { headers, body } = webhook('twilio', 'x-twilio-signature', callId);
    const url = find(/<Stream url="([^"]+)"/, await ask(door, 'twilio', headers, body));
    return { url, headers: { 'x-twilio-signature': sign(url) } };
  },
  opening: (callId) => opening(callId, true),
  heard: (audio, nth) => ({ ...media(audio, nth), streamSid }),
  spoken,
  readRequest: readMediaRequest,
};

/** SignalWire, Twilio's messages with differences (telephony reference, section 3). */
export const signalwire: PhoneWire = {
  name: 'signalwire, G.711',
  bytes: g711Bytes,
  telephony: (apiBaseUrl) => ({
    signalwire: {
      projectId: project,
      apiToken: 'the-token-of-the-project',
      signingKey: key,
      space: 'bench',
      numbers: [called],
      apiBaseUrl,
    },
  }),
  async ring(callId, door) {
    const { headers, body } = webhook('signalwire', 'x-signalwire-signature', callId);
    const document = await ask(door, 'signalwire', headers, body);
    const bearer = find(/ authBearerToken="([^"]+)"/, document);
    return { url: find(/ url="([^"]+)"/, document), headers: { authorization: `Bearer ${bearer}` } };
  },
  opening: (callId) => opening(callId, false),
  heard: media,
  spoken,
  readRequest: readMediaRequest,
};

/** Reads what Twilio and those who speak as it does are asked for. */
export function readMediaRequest(message: object): CarrierRequest {
  if ('event' in message && message.event === 'clear') return { kind: 'clear' };
  return 'mark' in message ? { kind: 'mark', answer: message } : { kind: 'other' };
}

const account = `AC${'0'.repeat(32)}`;
const project = '00000000-0000-4000-8000-000000000000';
const key = 'the-key-of-the-account';
/** Names are the carrier's own, and nothing forbids that streams of different calls have the same. */
const streamSid = `MZ${'0'.repeat(32)}`;

const sign = (text: string) => createHmac('sha1', key).update(text).digest('base64');

function webhook(carrier: 'twilio' | 'signalwire', signature: string, callId: string) {
  const sid = carrier === 'twilio' ? account : project;
  const fields = { AccountSid: sid, CallSid: callId, From: caller, To: called };
  const signed = sign(publicUrl + voicePath(carrier) + Object.entries(fields).flat().join(''));
  return { headers: { ...formType, [signature]: signed }, body: new URLSearchParams(fields).toString() };
}

function opening(callId: string, isTwilio: boolean): readonly object[] {
  const start = {
    accountSid: isTwilio ? account : project,
    streamSid,
    callSid: callId,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: {},
  };
  return [
    { event: 'connected', protocol: 'Call', version: isTwilio ? '1.0.0' : '0.2.0' },
    { event: 'start', sequenceNumber: '1', start, streamSid },
  ];
}

/** Numbers have as many digits as in a call that has been on for a while, and as many in every frame. */
function media(audio: Buffer, nth: number): object {
  const payload = audio.toString('base64');
  return {
    event: 'media',
    sequenceNumber: String(1_001 + nth),
    media: { track: 'inbound', chunk: String(1_000 + nth), timestamp: String(20_000 + 20 * nth), payload },
  };
}

function spoken(audio: Buffer): object {
  return { event: 'media', streamSid, media: { payload: audio.toString('base64') } };
}
