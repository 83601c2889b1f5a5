import { z } from 'zod';
import { complaint, excerpt } from '../complaint';
import { type ClearedFrames, type Dialect, type Examined, type Frame, PLAIN_FAULTS, type VoicePlace } from '../dialect';
import { readJson } from '../examine';
import { examineAudio } from '../json-audio';
import { bytesPerMs, FRAME_MS, type WireFormat } from '../wire-format';
import type { StreamOptions } from './stream-options';

export interface TelnyxStream {
  readonly streamId: string;
  readonly callControlId: string;
  readonly callSessionId: string;
  readonly from: string;
  readonly to: string;
  readonly options: StreamOptions;
  readonly voice: WireFormat;
  readonly playback: WireFormat;
}

/** The longest piece of audio in one message, in milliseconds. */
const MAX_PIECE_MS = 30_000;

const CODES = { malformed_frame: '100003', invalid_media: '100004' } as const;

/** One media stream as Telnyx speaks it (protocol reference, section 4). */
export class TelnyxDialect implements Dialect {
  readonly maxQueuedMs = 600_000;
  readonly faults = {
    ...PLAIN_FAULTS,
    overflow: complaint('100005', 'Too much audio is queued; the newest is dropped.'),
  };
  readonly voice: WireFormat;
  readonly playback: WireFormat;
  private sequence = 0;

  constructor(private readonly stream: TelnyxStream) {
    this.voice = stream.voice;
    this.playback = stream.playback;
  }

  opening(): readonly Frame[] {
    const { callControlId, callSessionId, from, to, options } = this.stream;
    const { stream_auth_token: token, client_state: clientState, custom_parameters: parameters = [] } = options;
    const { encoding, sampleRate } = this.voice;
    return [
      JSON.stringify({
        event: 'connected',
        version: '1.0.0',
        ...(token === undefined ? {} : { stream_auth_token: token }),
      }),
      this.message('start', {
        start: {
          user_id: 'user',
          call_control_id: callControlId,
          call_session_id: callSessionId,
          from,
          to,
          tags: [],
          ...(clientState === undefined ? {} : { client_state: clientState }),
          custom_parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
          media_format: { encoding: encoding.toUpperCase(), sample_rate: sampleRate, channels: 1 },
        },
      }),
    ];
  }

  speak(frame: Buffer, { chunk, timestampMs }: VoicePlace): Frame {
    const payload = frame.toString('base64');
    const media = { track: 'inbound', chunk: String(chunk), timestamp: String(timestampMs), payload };
    return this.message('media', { media });
  }

  press(digit: string): Frame {
    return this.message('dtmf', { occurred_at: new Date().toISOString(), dtmf: { digit } });
  }

  markHeard(name: string): Frame {
    return this.message('mark', { mark: { name } });
  }

  cleared(marks: readonly string[]): ClearedFrames {
    return { frames: marks.map((name) => this.markHeard(name)), returnsMarks: true };
  }

  closing(): Frame {
    return this.message('stop', { stop: { user_id: 'user', call_control_id: this.stream.callControlId } });
  }

  examine(frame: Frame): Examined {
    if (typeof frame !== 'string') return this.refuse('malformed_frame', 'a binary message; all are text');
    const read = readJson(frame, message);
    if (!read.ok) return this.refuse('malformed_frame', `${read.why}: ${excerpt(frame)}`);
    const said = read.value;
    switch (said.event) {
      case 'media':
        return this.examineMedia(said.media.payload);
      case 'mark':
        return { command: { kind: 'mark', name: said.mark.name } };
      case 'clear':
        return { command: { kind: 'clear' } };
    }
  }

  private examineMedia(payload: string): Examined {
    if (this.stream.options.stream_bidirectional_mode !== 'rtp') {
      // Telnyx itself says nothing: the caller hears nothing either.
      return { complaint: complaint('not_rtp', 'Audio is ignored without stream_bidirectional_mode "rtp".') };
    }
    const examined = examineAudio(payload, this.playback, (why) => complaint(CODES.invalid_media, why));
    if (examined.command?.kind !== 'audio') return this.refuse('invalid_media', examined.complaint?.message ?? '');
    const ms = examined.command.audio.length / bytesPerMs(this.playback);
    if (ms >= FRAME_MS && ms <= MAX_PIECE_MS) return examined;
    return this.refuse('invalid_media', `${ms} ms of audio; a message holds 20 ms to 30 s`);
  }

  private refuse(title: keyof typeof CODES, detail: string): Examined {
    const payload = { code: Number(CODES[title]), title, detail };
    return {
      complaint: complaint(CODES[title], detail),
      reply: JSON.stringify({ event: 'error', payload, stream_id: this.stream.streamId }),
    };
  }

  private message(event: string, rest: Readonly<Record<string, unknown>>): Frame {
    this.sequence += 1;
    return JSON.stringify({ event, sequence_number: String(this.sequence), stream_id: this.stream.streamId, ...rest });
  }
}

const streamId = z.string().optional();

const message = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('media'), stream_id: streamId, media: z.strictObject({ payload: z.string() }) }),
  z.strictObject({ event: z.literal('mark'), stream_id: streamId, mark: z.strictObject({ name: z.string().min(1) }) }),
  z.strictObject({ event: z.literal('clear'), stream_id: streamId }),
]);
