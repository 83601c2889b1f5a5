import { createHmac } from 'node:crypto';
import { ask, basic, called, caller, find, jsonType } from './webhook';
import { linearBytes, type PhoneWire } from './wire';

/** jambonz (telephony reference, section 9). */
export const jambonz: PhoneWire = {
  name: 'jambonz, L16 at 24 kHz',
  bytes: linearBytes(24_000),
  telephony: (apiBaseUrl) => ({
    jambonz: { accountSid, apiKey: 'the-key-of-the-account', webhookSecret: secret, numbers: [called], apiBaseUrl },
  }),
  async ring(callId, door) {
    const call = { call_sid: callId, account_sid: accountSid, direction: 'inbound', from: caller, to: called };
    const body = JSON.stringify({ sip: { method: 'INVITE' }, ...call });
    const timestamp = Math.floor(Date.now() / 1_000);
    const signed = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    const headers = { ...jsonType, 'jambonz-signature': `t=${timestamp},v1=${signed}` };
    const document = await ask(door, 'jambonz', headers, body);
    const [username, password] = [find(/"username":"([^"]+)"/, document), find(/"password":"([^"]+)"/, document)];
    return {
      url: find(/"url":"([^"]+)"/, document),
      headers: { authorization: basic(username, password), 'sec-websocket-protocol': 'audio.drachtio.org' },
    };
  },
  opening: (callId) => [{ callSid: callId, accountSid, from: caller, to: called, sampleRate: 24_000, mixType: 'mono' }],
  heard: (audio) => audio,
  spoken: (audio) => audio,
  readRequest({ type, data }) {
    if (type === 'killAudio') return { kind: 'clear' };
    if (type !== 'mark') return { kind: 'other' };
    return { kind: 'mark', answer: { type, data: { ...Object(data), event: 'playout' } as object } };
  },
};

const accountSid = '00000000-0000-4000-8000-000000000000';
const secret = 'the-secret-of-the-account';
