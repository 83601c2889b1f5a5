import { pcmu, type CarrierFormat } from './carrier-format';
import { type Dialect } from './dialect';
import { mediaStreams } from './media-streams';

/**
 * SignalWire's streams, telephony reference, section 3: Twilio's messages, with linear PCM beside mu-law, UUIDs for ids,
 * and messages that leave out which stream they belong to.
 */
export const signalwire: Dialect = mediaStreams('signalwire', ({ encoding, sampleRate }): CarrierFormat | undefined => {
  if (encoding === 'audio/x-mulaw' && sampleRate === 8000) return pcmu;
  if (encoding !== 'audio/x-L16') return undefined;
  return sampleRate === 8000 || sampleRate === 16000 || sampleRate === 24000
    ? { encoding: 'l16', rateHz: sampleRate }
    : undefined;
});
