import { z } from 'zod';
import { complaint, excerpt } from '../complaint';
import { type ClearedFrames, type Dialect, type Examined, type Frame, PLAIN_FAULTS } from '../dialect';
import type { DialectIds } from '../documents/house';
import type { StreamNoun } from '../documents/verb';
import { readJson } from '../examine';
import { frameBytes, type WireFormat } from '../wire-format';
import { type Listen, listenOf } from './verbs';

/** One media socket as jambonz speaks it, with streaming audio (protocol reference, section 9). */
export class JambonzDialect implements Dialect {
  readonly maxQueuedMs = 600_000;
  readonly faults = PLAIN_FAULTS;
  readonly voice: WireFormat;
  readonly playback: WireFormat;
  private readonly listen: Listen;

  constructor(
    private readonly stream: StreamNoun,
    private readonly ids: DialectIds,
  ) {
    this.listen = listenOf(stream.attributes);
    this.voice = { encoding: 'l16', sampleRate: this.listen.sampleRate };
    this.playback = { encoding: 'l16', sampleRate: this.listen.bidirectionalAudio.sampleRate };
  }

  opening(): readonly Frame[] {
    const { callId, streamId, from, to } = this.ids;
    const metadata = Object.entries(this.stream.parameters).map(([name, json]) => [name, JSON.parse(json) as unknown]);
    return [
      JSON.stringify({
        callSid: callId,
        callId: streamId,
        from,
        to,
        accountSid: 'account',
        applicationSid: 'application',
        direction: 'inbound',
        sampleRate: this.listen.sampleRate,
        mixType: this.listen.mixType,
        ...(Object.fromEntries(metadata) as object),
      }),
    ];
  }

  speak(frame: Buffer): Frame {
    return frame;
  }

  press(digit: string): Frame | undefined {
    return this.listen.passDtmf ? JSON.stringify({ event: 'dtmf', dtmf: digit, duration: '1600' }) : undefined;
  }

  markHeard(name: string): Frame {
    return JSON.stringify({ type: 'mark', data: { name, event: 'playout' } });
  }

  cleared(marks: readonly string[]): ClearedFrames {
    const frames = marks.map((name) => JSON.stringify({ type: 'mark', data: { name, event: 'cleared' } }));
    return { frames, returnsMarks: true };
  }

  closing(): undefined {
    return undefined;
  }

  examine(frame: Frame): Examined {
    if (typeof frame !== 'string') return this.examineAudio(frame);
    const read = readJson(frame, message);
    if (!read.ok) return { complaint: complaint('invalid_message', `${read.why}: ${excerpt(frame)}`) };
    const said = read.value;
    switch (said.type) {
      case 'killAudio':
        return { command: { kind: 'clear' } };
      case 'disconnect':
        return { command: { kind: 'leave' } };
      case 'mark':
        if (this.isStreaming) return { command: { kind: 'mark', name: said.data.name } };
        return { complaint: complaint('not_streaming', 'Marks are returned with streaming audio only.') };
    }
  }

  private examineAudio(audio: Buffer): Examined {
    if (!this.isStreaming) return { complaint: complaint('not_streaming', 'Binary audio needs streaming audio.') };
    if (audio.length === 0 || audio.length % 2 !== 0) {
      return { complaint: complaint('invalid_audio', `${audio.length} bytes are no whole number of samples.`) };
    }
    const command = { kind: 'audio', audio } as const;
    if (audio.length % frameBytes(this.playback) === 0) return { command };
    return { command, remark: complaint('odd_tail', `${audio.length} bytes of audio end within a frame.`) };
  }

  private get isStreaming(): boolean {
    return this.listen.bidirectionalAudio.enabled && this.listen.bidirectionalAudio.streaming;
  }
}

const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('killAudio') }),
  z.strictObject({ type: z.literal('disconnect') }),
  z.strictObject({ type: z.literal('mark'), data: z.strictObject({ name: z.string().min(1) }) }),
]);
