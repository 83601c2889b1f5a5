import { createHmac, randomBytes } from 'node:crypto';
import { type PhoneLine } from '../subjects/relay';
import { type RunningSubject } from '../subjects/subject';
import { dial } from '../wire/dial';
import { encodeFrame } from '../wire/frame';
import { type Call } from './calls';
import { audioPlace } from './conversation';
import { type Speech } from './speech';
import { eventIn, type Upstream } from './upstream';

/** The least that a relay takes for Twilio (telephony reference, section 2). */

const accountSid = `AC${'0'.repeat(32)}`;
const authToken = 'the-token-of-the-account';
const called = '+15550002222';
/** Names are the carrier's own, and nothing forbids that streams of different calls have the same. */
const streamSid = `MZ${'0'.repeat(32)}`;

/** The line as the relay under measurement knows it. */
export const twilioLine: PhoneLine = {
  publicUrl: 'https://relay.example.com',
  telephony: { twilio: { accountSid, authToken, numbers: [called] } },
};

/** Rings at a relay, one call after the other, and follows what its webhook says. */
export async function openPhoneCalls(relay: RunningSubject, upstream: Upstream, count: number): Promise<Call[]> {
  const calls: Call[] = [];
  while (calls.length < count) {
    calls.push(await openPhoneCall(relay, upstream, `CA${String(calls.length).padStart(32, '0')}`));
  }
  return calls;
}

/** What a relay asks a carrier for, besides playing audio. */
export type Request = { readonly kind: 'mark'; readonly answer: object } | { readonly kind: 'clear' | 'other' };

/** Reads a message of a relay's that is not audio; a mark comes with what is answered when it has been reached. */
export function readRequest(event: object): Request {
  if ('event' in event && event.event === 'clear') return { kind: 'clear' };
  return 'mark' in event ? { kind: 'mark', answer: event } : { kind: 'other' };
}

/**
 * 20 ms of G.711 a frame: `media` from the carrier, `response.output_audio.delta` from upstream.
 *
 * @param isTranslated whether they arrive as the other side's, as through a relay, or as they are, as through a pipe.
 */
export function phoneSpeech(answerId: string, isTranslated: boolean): Speech {
  const audio = randomBytes(160).toString('base64');
  const media = (nth: number) => jsonBytes(mediaFrame(audio, nth));
  const delta = jsonBytes({
    type: 'response.output_audio.delta',
    event_id: 'event_audio',
    ...audioPlace(answerId),
    delta: audio,
  });
  let lastNth = -1;
  let last: Buffer = Buffer.alloc(0);
  return {
    // All calls are at the same frame, so that each is encoded once for all of them.
    up: (nth) => {
      if (nth !== lastNth) last = encodeFrame(media(nth), true);
      lastNth = nth;
      return last;
    },
    down: encodeFrame(delta, false),
    upBytes: (isTranslated ? jsonBytes({ type: 'input_audio_buffer.append', audio }) : media(0)).length,
    downBytes: (isTranslated ? jsonBytes({ event: 'media', streamSid, media: { payload: audio } }) : delta).length,
  };
}

async function openPhoneCall(relay: RunningSubject, upstream: Upstream, callSid: string): Promise<Call> {
  const session = upstream.nextSession();
  const { host } = new URL(relay.url);
  const stream = new URL(await streamFor(host, callSid));
  const client = await dial(`ws://${host}${stream.pathname}`, { 'x-twilio-signature': sign(stream.href) });
  const end = await session;
  const greet = end.onText;
  const isListening = new Promise<void>((resolve, reject) => {
    end.onText = (frame) => {
      greet(frame);
      if (eventIn(frame).type === 'response.create') resolve();
    };
    client.onGone = () => reject(new Error('The relay closed a call that was just connected.'));
  });
  client.send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  client.send(startFrame(callSid));
  await isListening;
  for (const peer of [client, end]) peer.onText = peer.onGone = () => undefined;
  return { client, upstream: end };
}

/** Asks the relay's webhook what to do with a call. @returns where to stream it. */
async function streamFor(host: string, callSid: string): Promise<string> {
  const path = '/telephony/twilio/voice';
  const fields = { AccountSid: accountSid, CallSid: callSid, From: '+15550001111', To: called };
  const signed = Object.entries(fields).flat().join('');
  const response = await fetch(`http://${host}${path}`, {
    method: 'POST',
    headers: { 'x-twilio-signature': sign(twilioLine.publicUrl + path + signed) },
    body: new URLSearchParams(fields),
  });
  const document = await response.text();
  const url = /<Stream url="([^"]+)"/.exec(document)?.[1];
  if (url === undefined) throw new Error(`The relay took no call: HTTP ${response.status}, ${document}`);
  return url;
}

const sign = (text: string) => createHmac('sha1', authToken).update(text).digest('base64');

const startFrame = (callSid: string) => ({
  event: 'start',
  sequenceNumber: '1',
  start: {
    accountSid,
    streamSid,
    callSid,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: {},
  },
  streamSid,
});

/** The call has been on for a while, so that the numbers of a short measurement have as many digits. */
const mediaFrame = (payload: string, nth: number) => ({
  event: 'media',
  sequenceNumber: String(1_001 + nth),
  media: { track: 'inbound', chunk: String(1_000 + nth), timestamp: String(20_000 + 20 * nth), payload },
  streamSid,
});

const jsonBytes = (event: object) => Buffer.from(JSON.stringify(event));
