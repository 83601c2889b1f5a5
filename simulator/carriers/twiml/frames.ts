import { z } from 'zod';
import { type Complaint, complaint, excerpt } from '../complaint';
import type { ClearedFrames, Dialect, Examined, Frame, StreamFaults, VoicePlace } from '../dialect';
import type { DialectIds } from '../documents/house';
import { readJson } from '../examine';
import { examineAudio } from '../json-audio';
import type { WireFormat } from '../wire-format';

/** What differs between Twilio's media streams and SignalWire's (protocol reference, sections 2 and 3). */
export interface StreamTraits {
  readonly version: '1.0.0' | '0.2.0';
  readonly format: WireFormat;
  /** Whether every message of the carrier's names the stream. */
  readonly namesStream: boolean;
  readonly key: (digit: string) => Readonly<Record<string, unknown>>;
  /** Whether the relay may press keys. */
  readonly takesKeys: boolean;
  /** With a limit on latency, no more than this is queued, in milliseconds. */
  readonly maxQueuedMs: number;
}

/** Ten minutes (protocol reference, section 2). */
export const TWILIO_QUEUE_MS = 600_000;

const TWIML_FAULTS: StreamFaults = {
  overflow: complaint('31931', 'Too much audio is queued; the newest is dropped.'),
  unread: complaint('31930', 'The relay does not read; the caller’s audio is dropped.'),
  brokenProtocol: complaint('31924', 'The relay broke the WebSocket protocol.'),
};

/** One media stream as Twilio speaks it, or SignalWire. */
export class TwimlDialect implements Dialect {
  readonly faults = TWIML_FAULTS;
  readonly voice: WireFormat;
  readonly playback: WireFormat;
  readonly maxQueuedMs: number;
  private sequence = 0;

  constructor(
    private readonly traits: StreamTraits,
    private readonly accountSid: string,
    private readonly ids: DialectIds,
    private readonly parameters: Readonly<Record<string, string>>,
  ) {
    this.voice = traits.format;
    this.playback = traits.format;
    this.maxQueuedMs = traits.maxQueuedMs;
  }

  opening(): readonly Frame[] {
    const {
      accountSid,
      ids: { callId: callSid, streamId: streamSid },
    } = this;
    const { encoding, sampleRate } = this.traits.format;
    return [
      JSON.stringify({ event: 'connected', protocol: 'Call', version: this.traits.version }),
      this.message('start', {
        start: {
          accountSid,
          streamSid,
          callSid,
          tracks: ['inbound'],
          mediaFormat: { encoding: encoding === 'l16' ? 'audio/x-L16' : 'audio/x-mulaw', sampleRate, channels: 1 },
          ...(this.tellsParameters ? { customParameters: this.parameters } : {}),
        },
        streamSid,
      }),
    ];
  }

  speak(frame: Buffer, { chunk, timestampMs }: VoicePlace): Frame {
    return this.message('media', {
      media: {
        track: 'inbound',
        chunk: String(chunk),
        timestamp: String(timestampMs),
        payload: frame.toString('base64'),
      },
      ...this.streamSid(),
    });
  }

  press(digit: string): Frame {
    return this.message('dtmf', { streamSid: this.ids.streamId, dtmf: this.traits.key(digit) });
  }

  markHeard(name: string): Frame {
    return this.message('mark', { streamSid: this.ids.streamId, mark: { name } });
  }

  cleared(marks: readonly string[]): ClearedFrames {
    return { frames: marks.map((name) => this.markHeard(name)), returnsMarks: true };
  }

  closing(): Frame {
    const {
      accountSid,
      ids: { callId: callSid },
    } = this;
    return this.message('stop', { stop: { accountSid, callSid }, ...this.streamSid() });
  }

  examine(frame: Frame): Examined {
    if (typeof frame !== 'string') {
      return { complaint: complaint('31950', `A binary message of ${frame.length} bytes; all are text.`) };
    }
    const refuse = (why: string): Complaint => complaint('31951', `${why}: ${excerpt(frame)}`);
    const read = readJson(frame, this.traits.takesKeys ? messageWithKeys : message);
    if (!read.ok) return { complaint: refuse(read.why) };
    const said = read.value;
    if (said.streamSid !== this.ids.streamId) return { complaint: refuse('the streamSid is of another stream') };
    switch (said.event) {
      case 'media':
        return examineAudio(said.media.payload, this.playback, refuse);
      case 'mark':
        return { command: { kind: 'mark', name: said.mark.name } };
      case 'clear':
        return { command: { kind: 'clear' } };
      case 'dtmf':
        return { command: { kind: 'keys', digits: said.dtmf.digit } };
    }
  }

  private get tellsParameters(): boolean {
    return this.traits.namesStream || Object.keys(this.parameters).length > 0;
  }

  private streamSid(): { readonly streamSid?: string } {
    return this.traits.namesStream ? { streamSid: this.ids.streamId } : {};
  }

  private message(event: string, rest: Readonly<Record<string, unknown>>): Frame {
    this.sequence += 1;
    return JSON.stringify({ event, sequenceNumber: String(this.sequence), ...rest });
  }
}

const streamSid = z.string();
const media = z.strictObject({
  event: z.literal('media'),
  streamSid,
  media: z.strictObject({ payload: z.string() }),
});
const mark = z.strictObject({
  event: z.literal('mark'),
  streamSid,
  mark: z.strictObject({ name: z.string().min(1) }),
});
const clear = z.strictObject({ event: z.literal('clear'), streamSid });
const dtmf = z.strictObject({
  event: z.literal('dtmf'),
  streamSid,
  dtmf: z.strictObject({ digit: z.string().regex(/^[0-9*#A-D]+$/) }),
});

const message = z.discriminatedUnion('event', [media, mark, clear]);
const messageWithKeys = z.discriminatedUnion('event', [media, mark, clear, dtmf]);
