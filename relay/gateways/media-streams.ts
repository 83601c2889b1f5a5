import { z } from 'zod';
import { type CarrierFormat } from './carrier-format';
import { fault, json, notice, when, type Readers } from './control-messages';
import { type CallStart, type Dialect, type Encoder } from './dialect';
import { mediaWriter, parseMediaMessages, readDigit, readMark } from './media-messages';

/** How a stream says what its audio is, in its `start`. */
export interface MediaFormat {
  readonly encoding: string;
  readonly sampleRate: number;
  readonly channels: number;
}

/**
 * The messages Twilio invented and others speak (telephony reference, sections 2 and 3): JSON text, audio as base64.
 *
 * @param formatOf the audio a stream declares, or undefined where this carrier has no such audio.
 */
export function mediaStreams(name: string, formatOf: (format: MediaFormat) => CarrierFormat | undefined): Dialect {
  const readers: Readers = {
    connected: () => notice('connected'),
    start: when(
      z.object({
        start: z.object({
          streamSid: z.string().min(1),
          callSid: z.string().min(1),
          mediaFormat: z.object({
            encoding: z.string(),
            sampleRate: z.coerce.number(),
            channels: z.coerce.number().default(1),
          }),
          customParameters: z.record(z.string(), z.string()).default({}),
        }),
      }),
      ({ start: { streamSid, callSid, mediaFormat, customParameters } }) => {
        const format = mediaFormat.channels === 1 ? formatOf(mediaFormat) : undefined;
        if (format === undefined) return fault('carrier_wrong_codec');
        return {
          kind: 'started',
          start: { streamId: streamSid, callId: callSid, format, parameters: customParameters },
        };
      },
    ),
    dtmf: readDigit,
    mark: readMark,
    stop: () => ({ kind: 'stopped' }),
  };
  return {
    name,
    capabilities: { marks: true, frameMs: 20, lagMs: 0, maxAheadMs },
    parse: parseMediaMessages({ streamKey: 'streamSid', isUnordered: false, readers }),
    encoder,
  };
}

/** Twilio throws audio away of which more than ten minutes wait (31931). */
const maxAheadMs = 540_000;

/** Extra or missing members make Twilio ignore a message with warning 31951, so these are exactly its own. */
function encoder({ streamId: streamSid }: CallStart): Encoder {
  return {
    audio: mediaWriter(`{"event":"media","streamSid":${JSON.stringify(streamSid)},"media":{"payload":"`, '"}}'),
    mark: (name) => json({ event: 'mark', streamSid, mark: { name } }),
    clear: () => json({ event: 'clear', streamSid }),
  };
}
