import { generateKeyPairSync, sign } from 'node:crypto';
import { readMediaRequest } from './twiml';
import { ask, called, caller, jsonType } from './webhook';
import { g711Bytes, type PhoneWire } from './wire';

/** Telnyx (telephony reference, section 4), which reads no document but is commanded to answer. */
export const telnyx: PhoneWire = {
  name: 'telnyx, G.711',
  bytes: g711Bytes,
  telephony: (apiBaseUrl) => ({
    telnyx: { publicKey: shown, apiKey: 'the-key-of-the-account', numbers: [called], apiBaseUrl },
  }),
  async ring(callId, door) {
    const payload = { call_control_id: callId, direction: 'incoming', from: caller, to: called };
    const body = JSON.stringify({ data: { event_type: 'call.initiated', payload } });
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = sign(null, Buffer.from(`${timestamp}|${body}`), privateKey).toString('base64');
    const command = door.api.nextCommand();
    const headers = { ...jsonType, 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature };
    await ask(door, 'telnyx', headers, body);
    // The relay's own words, which say where to stream to.
    const { stream_url: url, stream_auth_token: token } = JSON.parse(await command) as StreamOptions;
    return { url, headers: { 'x-telnyx-streaming-auth-token': token } };
  },
  opening: (callId) => [
    { event: 'connected', version: '1.0.0' },
    {
      event: 'start',
      sequence_number: '1',
      stream_id: streamId,
      start: { call_control_id: callId, media_format: { encoding: 'PCMU', sample_rate: 8000, channels: 1 } },
    },
  ],
  heard: (audio, nth) => ({
    event: 'media',
    sequence_number: String(1_001 + nth),
    stream_id: streamId,
    media: {
      track: 'inbound',
      chunk: String(1_000 + nth),
      timestamp: String(20_000 + 20 * nth),
      payload: audio.toString('base64'),
    },
  }),
  spoken: (audio) => ({ event: 'media', media: { payload: audio.toString('base64') } }),
  readRequest: readMediaRequest,
};

interface StreamOptions {
  readonly stream_url: string;
  readonly stream_auth_token: string;
}

const streamId = '00000000-0000-4000-8000-000000000000';
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
/** As the portal shows it: the 32 bytes behind what every such key begins with. */
const shown = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
