import { z } from 'zod';
import { type Complaint, complaint, excerpt } from '../complaint';
import { type ClearedFrames, type Dialect, type Examined, type Frame, PLAIN_FAULTS, type VoicePlace } from '../dialect';
import type { DialectIds } from '../documents/house';
import type { StreamNoun } from '../documents/verb';
import { readJson } from '../examine';
import { examineAudio } from '../json-audio';
import { MULAW_8K, type WireFormat } from '../wire-format';

/** What `contentType` may ask for. */
export const PLIVO_FORMATS: Readonly<Record<string, WireFormat>> = {
  'audio/x-mulaw;rate=8000': MULAW_8K,
  'audio/x-l16;rate=8000': { encoding: 'l16', sampleRate: 8000 },
  'audio/x-l16;rate=16000': { encoding: 'l16', sampleRate: 16000 },
};

/** One media stream as Plivo speaks it (protocol reference, section 5). */
export class PlivoDialect implements Dialect {
  readonly maxQueuedMs = 600_000;
  readonly faults = PLAIN_FAULTS;
  readonly voice: WireFormat;
  readonly playback: WireFormat;
  private sequence = 0;

  constructor(
    private readonly accountId: string,
    private readonly ids: DialectIds,
    private readonly stream: StreamNoun,
    /** Of the stream, in Unix milliseconds. */
    private readonly startedAt: number,
  ) {
    this.voice = PLIVO_FORMATS[stream.attributes['contentType'] ?? ''] ?? MULAW_8K;
    this.playback = this.voice;
  }

  opening(): readonly Frame[] {
    const { callId, streamId } = this.ids;
    const mediaFormat = { encoding: this.contentType, sampleRate: this.voice.sampleRate };
    const start = { callId, streamId, accountId: this.accountId, tracks: ['inbound'], mediaFormat };
    return [this.message('start', { start, ...this.extraHeaders() })];
  }

  speak(frame: Buffer, { chunk, timestampMs }: VoicePlace): Frame {
    const timestamp = String(this.startedAt + timestampMs);
    return this.message('media', {
      streamId: this.ids.streamId,
      media: { track: 'inbound', timestamp, chunk, payload: frame.toString('base64') },
      ...this.extraHeaders(),
    });
  }

  press(digit: string, atMs: number): Frame {
    return this.message('dtmf', {
      streamId: this.ids.streamId,
      dtmf: { track: 'inbound', digit, timestamp: String(this.startedAt + Math.round(atMs)) },
      ...this.extraHeaders(),
    });
  }

  markHeard(name: string): Frame {
    return this.message('playedStream', { streamId: this.ids.streamId, name });
  }

  cleared(): ClearedFrames {
    return { frames: [this.message('clearedAudio', { streamId: this.ids.streamId })], returnsMarks: false };
  }

  closing(): undefined {
    return undefined;
  }

  examine(frame: Frame): Examined {
    if (typeof frame !== 'string') return { complaint: complaint('invalid_event', 'A binary message; all are text.') };
    const refuse = (why: string): Complaint => complaint('invalid_event', `${why}: ${excerpt(frame)}`);
    const read = readJson(frame, message);
    if (!read.ok) return { complaint: refuse(read.why) };
    const said = read.value;
    if ('streamId' in said && said.streamId !== this.ids.streamId) {
      return { complaint: refuse('the streamId is of another stream') };
    }
    switch (said.event) {
      case 'playAudio': {
        const { contentType, sampleRate, payload } = said.media;
        if (contentType === this.contentType && sampleRate === this.voice.sampleRate) {
          return examineAudio(payload, this.playback, refuse);
        }
        return { complaint: refuse('the audio is not of the type the document asked for') };
      }
      case 'checkpoint':
        return { command: { kind: 'mark', name: said.name } };
      case 'clearAudio':
        return { command: { kind: 'clear' } };
      case 'sendDTMF':
        return { command: { kind: 'keys', digits: said.dtmf } };
    }
  }

  private get contentType(): string {
    return this.voice.encoding === 'l16' ? 'audio/x-l16' : 'audio/x-mulaw';
  }

  private extraHeaders(): { readonly extra_headers?: string } {
    const pairs = Object.entries(this.stream.parameters).map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? {} : { extra_headers: pairs.join(';') };
  }

  private message(event: string, rest: Readonly<Record<string, unknown>>): Frame {
    this.sequence += 1;
    return JSON.stringify({ event, sequenceNumber: this.sequence, ...rest });
  }
}

const message = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('playAudio'),
    media: z.strictObject({ contentType: z.string(), sampleRate: z.number(), payload: z.string() }),
  }),
  z.strictObject({ event: z.literal('checkpoint'), streamId: z.string(), name: z.string().min(1) }),
  z.strictObject({ event: z.literal('clearAudio'), streamId: z.string() }),
  z.strictObject({ event: z.literal('sendDTMF'), dtmf: z.string().regex(/^[0-9*#A-D]+$/) }),
]);
