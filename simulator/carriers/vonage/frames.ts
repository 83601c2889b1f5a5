import { z } from 'zod';
import { complaint, excerpt } from '../complaint';
import { type ClearedFrames, type Dialect, type Examined, type Frame, PLAIN_FAULTS } from '../dialect';
import type { StreamNoun } from '../documents/verb';
import { readJson } from '../examine';
import { FRAME_MS, frameBytes, type WireFormat } from '../wire-format';

/** Messages that may be queued (protocol reference, section 6). */
const MAX_QUEUED_MESSAGES = 3072;

/** One media socket as Vonage speaks it (protocol reference, section 6). */
export class VonageDialect implements Dialect {
  readonly maxQueuedMs = MAX_QUEUED_MESSAGES * FRAME_MS;
  readonly faults = PLAIN_FAULTS;
  readonly voice: WireFormat;
  readonly playback: WireFormat;

  constructor(private readonly stream: StreamNoun) {
    this.voice = { encoding: 'l16', sampleRate: RATES[this.contentType] ?? 8000 };
    this.playback = this.voice;
  }

  opening(): readonly Frame[] {
    const headers = Object.entries(this.stream.parameters).map(([name, json]) => [name, JSON.parse(json) as unknown]);
    return [
      JSON.stringify({
        event: 'websocket:connected',
        'content-type': this.contentType,
        ...(Object.fromEntries(headers) as object),
      }),
    ];
  }

  speak(frame: Buffer): Frame {
    return frame;
  }

  press(digit: string): Frame {
    return JSON.stringify({ event: 'websocket:dtmf', digit, duration: 260 });
  }

  markHeard(payload: string): Frame {
    return JSON.stringify({ event: 'websocket:notify', payload: JSON.parse(payload) as unknown });
  }

  cleared(): ClearedFrames {
    return { frames: [JSON.stringify({ event: 'websocket:cleared' })], returnsMarks: false };
  }

  closing(): undefined {
    return undefined;
  }

  examine(frame: Frame): Examined {
    if (typeof frame !== 'string') return this.examineAudio(frame);
    const read = readJson(frame, message);
    if (!read.ok) return { complaint: complaint('invalid_message', `${read.why}: ${excerpt(frame)}`) };
    if (read.value.action === 'clear') return { command: { kind: 'clear' } };
    return { command: { kind: 'mark', name: JSON.stringify(read.value.payload) } };
  }

  private examineAudio(audio: Buffer): Examined {
    const due = frameBytes(this.playback);
    if (audio.length === due) return { command: { kind: 'audio', audio } };
    return { complaint: complaint('frame_size', `${audio.length} bytes of audio; a message holds exactly ${due}.`) };
  }

  private get contentType(): string {
    return this.stream.attributes['contentType'] ?? '';
  }
}

const RATES: Readonly<Record<string, 8000 | 16000 | 24000>> = {
  'audio/l16;rate=8000': 8000,
  'audio/l16;rate=16000': 16000,
  'audio/l16;rate=24000': 24000,
};

const message = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('clear') }),
  z.strictObject({ action: z.literal('notify'), payload: z.record(z.string(), z.json()) }),
]);
