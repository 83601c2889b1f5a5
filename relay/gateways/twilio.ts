import { pcmu, type CarrierFormat } from './carrier-format';
import { type Dialect } from './dialect';
import { mediaStreams } from './media-streams';

/**
 * Twilio Media Streams, both ways (`<Connect><Stream>`), telephony reference, section 2: text messages only, mu-law at
 * 8 kHz, buffered and played in order by Twilio however fast it is sent.
 */
export const twilio: Dialect = mediaStreams('twilio', ({ encoding, sampleRate }): CarrierFormat | undefined =>
  encoding === 'audio/x-mulaw' && sampleRate === 8000 ? pcmu : undefined,
);
