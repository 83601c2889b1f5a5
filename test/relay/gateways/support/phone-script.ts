import { audioKind, defaultPhoneLimits, pcmu, type PhoneLimits } from '../../../../relay';
import { type Capabilities, type CarrierEvent } from '../../../../relay/gateways/dialect';
import {
  type PhoneCount,
  type PhoneEffect,
  type PhoneEvent,
  type PhoneState,
  type PhoneTimer,
} from '../../../../relay/gateways/phone/model';
import { lifeSign } from '../../../../relay/gateways/phone/mark-name';
import { expectCall, phoneStep } from '../../../../relay/gateways/phone/step';

/** A call's introduction. */
export const callStart = { streamId: 'MZ1', callId: 'CA1', format: pcmu, parameters: {} };

/** Base64 of so many milliseconds of mu-law. */
export const speech = (ms: number) => Buffer.alloc(Math.round(8 * ms), 0x2a).toString('base64');

interface PhoneScriptOptions {
  readonly limits?: Partial<PhoneLimits>;
  readonly capabilities?: Partial<Capabilities>;
  readonly speaksFirst?: boolean;
}

/** A phone without sockets, fed event by event; what comes out is told line by line. */
export class PhoneScript {
  state: PhoneState;
  nowMs = 0;
  readonly timers = new Map<PhoneTimer, number>();
  readonly counts: Partial<Record<PhoneCount, number>> = {};
  readonly logs: string[] = [];
  readonly said: Buffer[] = [];
  readonly played: Buffer[] = [];
  /** Names of the marks that are out at the carrier, in order; what only asks for an answer is not among them. */
  marks: string[] = [];
  private lines: string[] = [];

  constructor({ limits, capabilities, speaksFirst = false }: PhoneScriptOptions = {}) {
    this.state = expectCall({
      format: pcmu,
      audio: audioKind(pcmu),
      capabilities: { marks: true, frameMs: 20, lagMs: 0, maxAheadMs: Infinity, ...capabilities },
      limits: { ...defaultPhoneLimits, ...limits },
      speaksFirst,
    });
    this.feed({ kind: 'awaited' });
  }

  /** A caller on the line of a session that listens. */
  static connected(options: PhoneScriptOptions = {}): PhoneScript {
    const script = new PhoneScript(options).start().session({ type: 'session.created', session: {} });
    script.takeLines();
    return script;
  }

  start(isExpected = true): this {
    return this.feed({ kind: 'started', start: callStart, isExpected });
  }

  carrier(event: Exclude<CarrierEvent, { kind: 'started' }>): this {
    return this.feed({ kind: 'carrier', event });
  }

  /** Twenty milliseconds of the caller. */
  frame(timestampMs: number | null = null, ms = 20, chunk: number | null = null): this {
    return this.carrier({ kind: 'audio', streamId: 'MZ1', base64: Buffer.from(speech(ms)), timestampMs, chunk });
  }

  session(...events: readonly object[]): this {
    for (const event of events) this.feed({ kind: 'session', data: Buffer.from(JSON.stringify(event)) });
    return this;
  }

  begin(responseId: string): this {
    return this.session({ type: 'response.created', response: { id: responseId } });
  }

  /** The model says so much more of an item. */
  says(itemId: string, ms: number, responseId = 'resp_A'): this {
    return this.session({
      type: 'response.output_audio.delta',
      response_id: responseId,
      item_id: itemId,
      content_index: 0,
      delta: speech(ms),
    });
  }

  audioDone(itemId: string): this {
    return this.session({ type: 'response.output_audio.done', item_id: itemId, content_index: 0 });
  }

  responseDone(responseId = 'resp_A', status = 'completed'): this {
    return this.session({ type: 'response.done', response: { id: responseId, status } });
  }

  speechStarted(): this {
    return this.session({ type: 'input_audio_buffer.speech_started' });
  }

  speechStopped(): this {
    return this.session({ type: 'input_audio_buffer.speech_stopped' });
  }

  /** The carrier echoes the oldest mark, having played so far. */
  echo(count = 1): this {
    for (const name of this.marks.splice(0, count)) this.carrier({ kind: 'mark', name });
    return this;
  }

  at(nowMs: number): this {
    this.nowMs = nowMs;
    return this;
  }

  fire(timer: PhoneTimer): this {
    const afterMs = this.timers.get(timer);
    if (afterMs === undefined) throw new Error(`The timer ${timer} does not run`);
    this.timers.delete(timer);
    this.nowMs += afterMs;
    return this.feed({ kind: 'timer', timer });
  }

  feed(event: PhoneEvent): this {
    const { state, effects } = phoneStep(this.state, event, this.nowMs);
    this.state = state;
    effects.forEach((effect) => this.perform(effect));
    return this;
  }

  /** What came out since the last look. */
  takeLines(): readonly string[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  private perform(effect: PhoneEffect): void {
    switch (effect.kind) {
      case 'timer.set':
        this.timers.set(effect.timer, effect.afterMs);
        return;
      case 'timer.clear':
        this.timers.delete(effect.timer);
        return;
      case 'count':
        this.counts[effect.what] = (this.counts[effect.what] ?? 0) + effect.by;
        return;
      case 'log':
        this.logs.push(`${effect.message} ${JSON.stringify(effect.fields)}`);
        return;
      case 'play':
        this.played.push(effect.audio);
        this.lines.push(`play ${msOf(effect.audio)}`);
        return;
      case 'mark':
        if (effect.name === lifeSign) return;
        this.marks.push(effect.name);
        this.lines.push(`mark ${effect.name}`);
        return;
      case 'say':
        this.said.push(effect.data);
        this.lines.push(`say ${describe(effect.data)}`);
        return;
      case 'end':
        this.lines.push(`end ${effect.cause}`);
        return;
      default:
        this.lines.push(effect.kind);
    }
  }
}

function msOf(base64: Buffer): number {
  return Buffer.from(base64.toString(), 'base64').length / 8;
}

function describe(data: Buffer): string {
  const event = JSON.parse(data.toString()) as Record<string, unknown>;
  const type = String(event['type']);
  switch (type) {
    case 'input_audio_buffer.append':
      return `append ${msOf(Buffer.from(String(event['audio'])))}`;
    case 'conversation.item.truncate':
      return `truncate ${String(event['item_id'])} ${String(event['audio_end_ms'])}`;
    case 'conversation.item.create':
      return `create ${JSON.stringify(event['item']).replace(/.*"text":("[^"]*").*/, '$1')}`;
    case 'response.cancel':
      return `cancel ${String(event['response_id'])}`;
    default:
      return type;
  }
}
