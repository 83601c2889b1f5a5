import { z } from 'zod';
import { pcma, pcmu } from './carrier-format';
import { fault, json, notice, when, type Readers } from './control-messages';
import { type Dialect } from './dialect';
import { mediaWriter, parseMediaMessages, readDigit, readMark } from './media-messages';

/**
 * Telnyx media streaming, both ways (`stream_bidirectional_mode: "rtp"`), telephony reference, section 4: JSON text, audio as
 * base64, whose order is not guaranteed.
 *
 * Its directions are independent, and a stream tells only what we hear: `stream_bidirectional_codec` must be set to the same.
 * G.711 alone is taken; a telephone has no more to give, and in which order the bytes of Telnyx's L16 come is not settled.
 */
export const telnyx: Dialect = {
  name: 'telnyx',
  capabilities: { marks: true, frameMs: 20, lagMs: 0, maxAheadMs: Infinity },
  parse: parseMediaMessages({ streamKey: 'stream_id', isUnordered: true, readers: readers() }),
  encoder: () => ({
    audio: mediaWriter('{"event":"media","media":{"payload":"', '"}}'),
    mark: (name) => json({ event: 'mark', mark: { name } }),
    clear: () => json({ event: 'clear' }),
  }),
};

function readers(): Readers {
  return {
    connected: () => notice('connected'),
    start: when(
      z.object({
        stream_id: z.string().min(1),
        start: z.object({
          call_control_id: z.string().min(1),
          client_state: z.string().optional(),
          custom_parameters: z.record(z.string(), z.string()).default({}),
          media_format: z.object({
            encoding: z.string(),
            sample_rate: z.coerce.number(),
            channels: z.coerce.number().default(1),
          }),
        }),
      }),
      ({ stream_id: streamId, start }) => {
        const { call_control_id: callId, media_format: media, custom_parameters: custom, client_state: state } = start;
        const format = formats.get(`${media.encoding}/${media.sample_rate}/${media.channels}`);
        if (format === undefined) return fault('carrier_wrong_codec');
        const parameters = state === undefined ? custom : { client_state: state, ...custom };
        return { kind: 'started', start: { streamId, callId, format, parameters } };
      },
    ),
    dtmf: readDigit,
    mark: readMark,
    error: when(z.object({ payload: z.object({ code: z.coerce.number() }) }), ({ payload: { code } }) => ({
      kind: 'complaint',
      code: complaints.get(code) ?? 'unknown',
    })),
    stop: () => ({ kind: 'stopped' }),
  };
}

const formats = new Map([
  ['PCMU/8000/1', pcmu],
  ['PCMA/8000/1', pcma],
]);

/** What Telnyx has to complain of. */
const complaints: ReadonlyMap<number, string> = new Map([
  [100_002, 'unknown_error'],
  [100_003, 'malformed_frame'],
  [100_004, 'invalid_media'],
  [100_005, 'rate_limit_reached'],
]);
