import { z } from 'zod';
import { ALAW_8K, MULAW_8K, type WireFormat } from '../wire-format';

const codec = z.enum(['PCMU', 'PCMA', 'L16', 'G722', 'OPUS', 'AMR-WB']);

/** The fields that ask for a media stream, when a call is answered or later (protocol reference, section 4). */
export const streamOptions = z.strictObject({
  stream_url: z.string(),
  stream_track: z.enum(['inbound_track', 'outbound_track', 'both_tracks']).default('inbound_track'),
  stream_codec: z.union([codec, z.literal('default')]).default('default'),
  stream_bidirectional_mode: z.enum(['mp3', 'rtp']).default('mp3'),
  stream_bidirectional_codec: codec.default('PCMU'),
  stream_bidirectional_sampling_rate: z
    .union([8000, 16000, 22050, 24000, 48000].map((rate) => z.literal(rate)))
    .default(8000),
  stream_bidirectional_target_legs: z.enum(['both', 'self', 'opposite']).default('opposite'),
  stream_auth_token: z.string().max(4000).optional(),
  stream_establish_before_call_originate: z.boolean().optional(),
  send_silence_when_idle: z.boolean().optional(),
  custom_parameters: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
  client_state: z.base64().optional(),
  command_id: z.string().optional(),
});

/** What was asked for, with its defaults. */
export type StreamOptions = z.output<typeof streamOptions>;

/** The codec of the caller's own leg, which is what `default` means. */
export type LegCodec = 'PCMU' | 'PCMA';

/** The formats of both directions, or what there is of them that cannot be simulated. */
export function formatsOf(
  { stream_codec, stream_bidirectional_codec, stream_bidirectional_sampling_rate: rate }: StreamOptions,
  leg: LegCodec,
): { readonly voice: WireFormat; readonly playback: WireFormat } | { readonly unknown: string } {
  const heard = stream_codec === 'default' ? leg : stream_codec;
  const voice = formatOf(heard, 16000);
  const playback = formatOf(stream_bidirectional_codec, rate);
  if (voice === undefined) return { unknown: heard };
  return playback === undefined ? { unknown: stream_bidirectional_codec } : { voice, playback };
}

function formatOf(name: z.output<typeof codec>, rate: number): WireFormat | undefined {
  switch (name) {
    case 'PCMU':
      return MULAW_8K;
    case 'PCMA':
      return ALAW_8K;
    case 'L16':
      return rate === 8000 || rate === 16000 || rate === 24000 ? { encoding: 'l16', sampleRate: rate } : undefined;
    case 'G722':
    case 'OPUS':
    case 'AMR-WB':
      return undefined;
  }
}
