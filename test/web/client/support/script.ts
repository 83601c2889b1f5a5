import { type CoreEffect, type CoreEvent, type CoreSettings } from '../../../../web/client/core/model';
import { begin, showState, step } from '../../../../web/client/core/step';
import { CallError } from '../../../../web/client/errors';

/** Settings as `connect` makes them when nothing is said. */
export const settings: CoreSettings = {
  backoff: { maxAttempts: 3, firstDelayMs: 500, maxDelayMs: 10_000 },
  transcription: { model: 'gpt-4o-mini-transcribe' },
};

/** A call without a browser: events in, and what it wants done out, a line each. */
export class Script {
  nowMs = 1_000;
  #step;

  constructor(changes: Partial<CoreSettings> = {}) {
    this.#step = begin({ ...settings, ...changes });
  }

  /** A call that has a conversation. */
  static talking(session: object = plainSession, changes: Partial<CoreSettings> = {}): Script {
    const script = new Script(changes);
    script.relay({ type: 'session.created', session });
    return script;
  }

  get state() {
    return showState(this.#step.state);
  }

  /** Something happens; what the call wants done for it. */
  take(event: CoreEvent, chance = 1): string[] {
    this.#step = step(this.#step.state, event, this.nowMs, chance);
    return this.#step.effects.map(lineOf);
  }

  /** The relay says something. */
  relay(event: object): string[] {
    return this.take({ kind: 'message', text: JSON.stringify(event) });
  }

  /** The relay sends so many milliseconds of speech. */
  audio(responseId: string, itemId: string, ms: number): string[] {
    return this.relay(audioDelta(responseId, itemId, ms));
  }

  /** The speaker has played so much of a part. */
  played(part: number, playedMs: number, isAll = false): string[] {
    return this.take({ kind: 'played', report: [{ part, playedMs, isAll }], heardAtMs: this.nowMs });
  }

  silenced(part: number, playedMs: number, isAll = false): string[] {
    return this.take({ kind: 'silenced', report: [{ part, playedMs, isAll }] });
  }
}

/** A session as the relay shows it, with words of the user written down. */
export const plainSession = {
  audio: {
    input: {
      format: { type: 'audio/pcm', rate: 24_000 },
      transcription: { model: 'gpt-4o-mini-transcribe' },
      turn_detection: { type: 'server_vad', silence_duration_ms: 500, interrupt_response: true },
    },
    output: { format: { type: 'audio/pcm', rate: 24_000 } },
  },
};

export const audioDelta = (responseId: string, itemId: string, ms: number) => ({
  type: 'response.output_audio.delta',
  response_id: responseId,
  item_id: itemId,
  content_index: 0,
  delta: Buffer.alloc(ms * 48).toString('base64'),
});

/** What an effect is, in one line. */
function lineOf(effect: CoreEffect): string {
  switch (effect.kind) {
    case 'send':
      return `send ${JSON.stringify(effect.event)}`;
    case 'play':
      return `play ${effect.part}: ${Buffer.from(effect.base64, 'base64').length / 48} ms`;
    case 'timer.set':
      return `timer ${effect.afterMs}`;
    case 'tell':
      return `tell ${effect.event} ${effect.detail instanceof CallError ? toldError(effect.detail) : JSON.stringify(effect.detail, plain)}`;
    case 'connect':
    case 'disconnect':
    case 'silence':
    case 'timer.clear':
    case 'release':
      return effect.kind;
  }
}

const toldError = ({ code, detail }: CallError) => [code, detail].filter(Boolean).join(' ');

const plain = (_key: string, value: unknown) => (value instanceof CallError ? toldError(value) : value);
