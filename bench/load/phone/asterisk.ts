import { basic, called } from './webhook';
import { g711Bytes, type PhoneWire } from './wire';

/** Asterisk (telephony reference, section 7), which asks nothing: G.711 in binary messages, everything else in JSON. */
export const asterisk: PhoneWire = {
  name: 'asterisk, G.711',
  bytes: g711Bytes,
  telephony: () => ({ asterisk: { username, password, numbers: [called] } }),
  ring(callId) {
    const query = new URLSearchParams({ called, call: callId }).toString();
    const headers = { authorization: basic(username, password), 'sec-websocket-protocol': 'media' };
    return Promise.resolve({ url: `ws://relay/telephony/asterisk/media?${query}`, headers });
  },
  opening: (callId) => [
    {
      event: 'MEDIA_START',
      connection_id: 'media',
      channel: 'WebSocket/relay/media',
      channel_id: callId,
      format: 'ulaw',
      optimal_frame_size: 160,
      ptime: 20,
    },
  ],
  heard: (audio) => audio,
  spoken: (audio) => audio,
  readRequest({ command, correlation_id: name }) {
    if (command === 'FLUSH_MEDIA') return { kind: 'clear' };
    return command === 'MARK_MEDIA'
      ? { kind: 'mark', answer: { event: 'MEDIA_MARK_PROCESSED', correlation_id: name } }
      : { kind: 'other' };
  },
};

const username = 'pbx';
const password = 'the-password-of-the-pbx';
