import { createHmac } from 'node:crypto';
import { ask, called, caller, find, formType, publicUrl, voicePath } from './webhook';
import { g711Bytes, type PhoneWire } from './wire';

/** Plivo (telephony reference, section 5). */
export const plivo: PhoneWire = {
  name: 'plivo, G.711',
  bytes: g711Bytes,
  telephony: (apiBaseUrl) => ({
    plivo: { authId: `MA${'0'.repeat(18)}`, authToken: key, numbers: [called], apiBaseUrl },
  }),
  async ring(callId, door) {
    const fields = { CallUUID: callId, From: caller, To: called };
    const signed = `${publicUrl}${voicePath('plivo')}?${Object.entries(fields).flat().join('')}`;
    const body = new URLSearchParams(fields).toString();
    const url = find(/<Stream[^>]*>([^<]+)</, await ask(door, 'plivo', { ...formType, ...signature(signed) }, body));
    return { url, headers: signature(url) };
  },
  opening: (callId) => [
    {
      event: 'start',
      sequenceNumber: 1,
      start: {
        callId,
        streamId,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
      },
    },
  ],
  heard: (audio, nth) => ({
    event: 'media',
    sequenceNumber: 1_001 + nth,
    streamId,
    media: {
      track: 'inbound',
      timestamp: String(1_900_000_000_000 + 20 * nth),
      chunk: 1_000 + nth,
      payload: audio.toString('base64'),
    },
  }),
  spoken: (audio) => ({
    event: 'playAudio',
    media: { contentType: 'audio/x-mulaw', sampleRate: 8000, payload: audio.toString('base64') },
  }),
  readRequest({ event, name }) {
    if (event === 'clearAudio') return { kind: 'clear' };
    return event === 'checkpoint'
      ? { kind: 'mark', answer: { event: 'playedStream', streamId, name } }
      : { kind: 'other' };
  },
};

const key = 'the-token-of-the-account';
const streamId = '00000000-0000-4000-8000-000000000000';
const nonce = '12345678901234567890';

function signature(text: string): Record<string, string> {
  const signed = createHmac('sha256', key).update(`${text}.${nonce}`).digest('base64');
  return { 'x-plivo-signature-v3': signed, 'x-plivo-signature-v3-nonce': nonce };
}
