import { complaint, excerpt } from '../complaint';
import { type ClearedFrames, type Dialect, type Examined, type Frame, PLAIN_FAULTS } from '../dialect';
import { ALAW_8K, FRAME_MS, frameBytes, MULAW_8K, silenceByte, type WireFormat } from '../wire-format';
import { type ControlForm, type DriverCommand, eventText, readCommand } from './commands';

/** The codecs of `c(…)` that are simulated. */
export const ASTERISK_FORMATS = {
  ulaw: MULAW_8K,
  alaw: ALAW_8K,
  slin: { encoding: 'l16', sampleRate: 8000 },
  slin16: { encoding: 'l16', sampleRate: 16000 },
  slin24: { encoding: 'l16', sampleRate: 24000 },
} as const satisfies Record<string, WireFormat>;

export interface AsteriskChannel {
  readonly channelId: string;
  readonly connectionId: string;
  readonly codec: keyof typeof ASTERISK_FORMATS;
  readonly control: ControlForm;
}

/* Limits of the driver (protocol reference, section 7). */
const MAX_COMMAND_BYTES = 128;
const MAX_MESSAGE_BYTES = 65_500;
const MAX_QUEUED_FRAMES = 1000;
const XOFF_FRAMES = 900;
const XON_FRAMES = 800;

/** One media socket as `chan_websocket` speaks it (protocol reference, section 7). */
export class AsteriskDialect implements Dialect {
  readonly maxQueuedMs = MAX_QUEUED_FRAMES * FRAME_MS;
  readonly faults = PLAIN_FAULTS;
  readonly voice: WireFormat;
  readonly playback: WireFormat;
  private queuedFrames = 0;
  private isHeldOff = false;
  /** While the relay buffers: what does not fill a frame yet. */
  private leftover: Buffer | undefined;

  constructor(private readonly channel: AsteriskChannel) {
    this.voice = ASTERISK_FORMATS[channel.codec];
    this.playback = this.voice;
  }

  opening(): readonly Frame[] {
    const { connectionId, channelId, codec } = this.channel;
    const about = { connection_id: connectionId, channel: `WebSocket/relay/${connectionId}`, channel_id: channelId };
    return [
      this.event('MEDIA_START', { ...about, format: codec, optimal_frame_size: this.frameBytes, ptime: FRAME_MS }),
    ];
  }

  speak(frame: Buffer): Frame {
    return frame;
  }

  press(digit: string): Frame {
    return this.channelEvent('DTMF_END', { digit });
  }

  markHeard(mark: string): Frame {
    const [kind = '', ...id] = mark.split(' ');
    const members = id.length === 0 ? {} : { correlation_id: id.join(' ') };
    return this.channelEvent(kind, members);
  }

  /** Marks that waited are dropped without a word. */
  cleared(): ClearedFrames {
    return { frames: [], returnsMarks: false };
  }

  closing(): undefined {
    return undefined;
  }

  queueIs(queuedMs: number): Frame | undefined {
    this.queuedFrames = Math.ceil(queuedMs / FRAME_MS);
    if (!this.isHeldOff && this.queuedFrames >= XOFF_FRAMES) {
      this.isHeldOff = true;
      return this.channelEvent('MEDIA_XOFF', {});
    }
    if (this.isHeldOff && this.queuedFrames < XON_FRAMES) {
      this.isHeldOff = false;
      return this.channelEvent('MEDIA_XON', {});
    }
    return undefined;
  }

  examine(frame: Frame): Examined {
    if (Buffer.byteLength(frame) > MAX_MESSAGE_BYTES) {
      const fault = complaint('message_too_big', `A message of ${Buffer.byteLength(frame)} bytes ends the call.`);
      return { complaint: fault, command: { kind: 'leave' } };
    }
    if (typeof frame !== 'string') return this.examineAudio(frame);
    if (Buffer.byteLength(frame) > MAX_COMMAND_BYTES) {
      return { complaint: complaint('command_too_long', `Over ${MAX_COMMAND_BYTES} bytes: ${excerpt(frame)}`) };
    }
    const read = readCommand(frame, this.channel.control);
    return read.ok
      ? this.obey(read.value)
      : { complaint: complaint('invalid_command', `${read.why}: ${excerpt(frame)}`) };
  }

  private obey({ name, id }: DriverCommand): Examined {
    switch (name) {
      case 'ANSWER':
        return {};
      case 'HANGUP':
        return { command: { kind: 'leave' } };
      case 'START_MEDIA_BUFFERING':
        this.leftover = Buffer.alloc(0);
        return {};
      case 'STOP_MEDIA_BUFFERING':
        return this.stopBuffering(id);
      case 'MARK_MEDIA':
        return { command: { kind: 'mark', name: markName('MEDIA_MARK_PROCESSED', id) } };
      case 'FLUSH_MEDIA':
        this.leftover = undefined;
        return { command: { kind: 'clear' } };
      case 'REPORT_QUEUE_DRAINED':
        return { command: { kind: 'mark', name: 'QUEUE_DRAINED' } };
      case 'GET_STATUS':
        return { reply: this.status() };
    }
  }

  /** The tail is filled up and played; that it is over is told like a mark. */
  private stopBuffering(id: string | undefined): Examined {
    const { leftover } = this;
    this.leftover = undefined;
    const command = { kind: 'mark', name: markName('MEDIA_BUFFERING_COMPLETED', id) } as const;
    if (leftover === undefined)
      return { complaint: complaint('not_buffering', 'STOP_MEDIA_BUFFERING without a start.') };
    if (leftover.length === 0) return { command };
    const silence = Buffer.alloc(this.frameBytes - leftover.length, silenceByte(this.playback));
    return { before: { kind: 'audio', audio: Buffer.concat([leftover, silence]) }, command };
  }

  private examineAudio(audio: Buffer): Examined {
    if (this.leftover !== undefined) {
      const all = Buffer.concat([this.leftover, audio]);
      const whole = all.length - (all.length % this.frameBytes);
      this.leftover = all.subarray(whole);
      return whole === 0 ? {} : { command: { kind: 'audio', audio: all.subarray(0, whole) } };
    }
    const tail = audio.length % this.frameBytes;
    const whole = audio.subarray(0, audio.length - tail);
    return {
      ...(whole.length === 0 ? {} : { command: { kind: 'audio', audio: whole } }),
      ...(tail === 0 ? {} : { complaint: complaint('partial_frame', `${tail} bytes after whole frames are dropped.`) }),
    };
  }

  private status(): Frame {
    return this.channelEvent('STATUS', {
      queue_length: this.queuedFrames,
      xon_level: XON_FRAMES,
      xoff_level: XOFF_FRAMES,
      queue_full: this.queuedFrames >= MAX_QUEUED_FRAMES,
      bulk_media: this.leftover !== undefined,
      media_paused: false,
    });
  }

  private get frameBytes(): number {
    return frameBytes(this.playback);
  }

  private channelEvent(event: string, members: Readonly<Record<string, string | number | boolean>>): Frame {
    return this.event(event, { channel_id: this.channel.channelId, ...members });
  }

  private event(event: string, members: Readonly<Record<string, string | number | boolean>>): Frame {
    return eventText(event, members, this.channel.control);
  }
}

function markName(event: string, id: string | undefined): string {
  return id === undefined ? event : `${event} ${id}`;
}
