import { z } from 'zod';
import { isHidden } from '../../relay/history';
import { type JsonObject } from '../../relay/json';
import { type Effect, type SessionEvent, type SessionState } from '../../relay/model';
import { isAllowedUpstream } from './allowed-upstream';
import { instructions, mark, toolOutput } from './secrets';

/** A rule that a step broke. */
export interface Fault {
  readonly rule: string;
  /** What was said or done against it. */
  readonly evidence: string;
}

/** Looks at every step of one session and finds what must never be. */
export class Watch {
  readonly #ran = new Set<string>();
  readonly #answered = new Set<string>();
  #frames = 0;

  /** What a step broke; undefined if nothing. */
  fault(event: SessionEvent, before: SessionState, after: SessionState, effects: readonly Effect[]): Fault | undefined {
    if (event.kind === 'upstream.frame' || event.kind === 'client.frame') this.#frames += 1;
    for (const effect of effects) {
      const rule = this.#ruleBrokenBy(effect, event, after);
      if (rule !== undefined) return { rule, evidence: evidenceOf(effect) };
    }
    const rule = brokenEnd(before, after, effects) ?? this.#growth(after);
    return rule === undefined ? undefined : { rule, evidence: '' };
  }

  #ruleBrokenBy(effect: Effect, event: SessionEvent, after: SessionState): string | undefined {
    switch (effect.kind) {
      case 'send.client':
        return ruleDown(effect.data, event);
      case 'send.upstream':
        return ruleUp(effect.data, event, after) ?? this.#ruleOfOutputs(String(effect.data));
      case 'tool.run':
        if (this.#ran.has(effect.call.callId)) return 'a call runs once';
        this.#ran.add(effect.call.callId);
        return undefined;
      case 'log':
        return tellsTooMuch(effect.fields) ? 'the log tells of no outputs and instructions' : undefined;
      default:
        return undefined;
    }
  }

  #ruleOfOutputs(text: string): string | undefined {
    if (!text.includes('"type":"function_call_output"')) return undefined;
    const { item } = toolOutputSchema.parse(JSON.parse(text));
    const callId = item.call_id;
    if (!this.#ran.has(callId) && !text.includes('tool_not_allowed')) return 'only a call that ran is answered';
    if (this.#answered.has(callId)) return 'a call is answered once';
    this.#answered.add(callId);
    return undefined;
  }

  /** What a session remembers is bounded by its limits, or by how much upstream has said. */
  #growth(state: SessionState): string | undefined {
    switch (state.phase) {
      case 'opening':
        return state.held.length > this.#frames ? 'no more is held than came' : undefined;
      case 'live': {
        const { queue, view, history, rounds, settings } = state;
        // One that was sent and refused comes back to its place in front.
        if (queue.waiting.length > settings.limits.waitingCreates + 1) return 'no more creates wait than may';
        if (view.over.length > 32) return 'few responses are remembered';
        const known = view.responses.length + history.length + rounds.calls.size + rounds.rounds.length;
        return known > 4 * this.#frames + 16 ? 'the state grows with what upstream says, at most' : undefined;
      }
      case 'ended':
        return undefined;
    }
  }
}

function brokenEnd(before: SessionState, after: SessionState, effects: readonly Effect[]): string | undefined {
  if (before.phase === 'ended') return effects.length > 0 ? 'nothing happens after the end' : undefined;
  const end = effects.findIndex(({ kind }) => kind === 'end');
  const isLast = end === effects.length - 1 && after.phase === 'ended';
  return end === -1 || isLast ? undefined : 'the end is the last thing that happens';
}

/** Whatever is not upstream's own frame must be an event without a mark; upstream's frame, if it is JSON, too. */
function ruleDown(data: Buffer | string, event: SessionEvent): string | undefined {
  const text = String(data);
  const isAsItCame = event.kind === 'upstream.frame' && event.frame === data;
  if (text.includes(mark)) return 'a client is shown no secret';
  if (isAsItCame && !text.includes('\\u')) return undefined;
  const plain = spelledOut(text);
  if (plain === undefined) return isAsItCame ? undefined : 'a client is sent JSON';
  return plain.includes(mark) ? 'a client is shown no secret in other letters either' : undefined;
}

function ruleUp(data: Buffer | string, event: SessionEvent, after: SessionState): string | undefined {
  const text = String(data);
  // What the relay builds is text; bytes are a client's own.
  if (Buffer.isBuffer(data)) return ruleAsItCame(text);
  if (!isAllowedUpstream(text)) return 'upstream is told what somebody may say';
  // A create that waited was judged when it came.
  if (event.kind !== 'client.frame' || after.phase !== 'live') return undefined;
  for (const [, id = ''] of text.matchAll(/"(?:item_id|id)":"([^"]*)"/g)) {
    if (isHidden(after.history, id)) return 'a client reaches no hidden item';
  }
  return undefined;
}

/** Audio may go up as it came, if any reader reads the same in it; its alphabet is upstream's to refuse. */
function ruleAsItCame(text: string): string | undefined {
  const members = [...text.matchAll(/"(type|audio|event_id)"\s*:\s*"([^"\\]*)"/g)];
  const isWhole = /^\s*\{(?:\s*"(?:type|audio|event_id)"\s*:\s*"[^"\\]*"\s*,?)+\s*\}\s*$/.test(text);
  const names = new Set(members.map(([, name]) => name));
  const isAudio = members.some(([, name, value]) => name === 'type' && value === 'input_audio_buffer.append');
  const isForeign = members.every(([, name, value = '']) => name !== 'event_id' || !/^(rly_|~)/.test(value));
  const isRight = isWhole && isAudio && isForeign && names.size === members.length && names.has('audio');
  return isRight ? undefined : 'only plain audio goes up as it came';
}

const toolOutputSchema = z.object({ item: z.object({ call_id: z.string() }) });

/** Ids are for the log, whatever they are made of. */
function tellsTooMuch({ callId: _callId, ...fields }: JsonObject): boolean {
  const text = JSON.stringify(fields);
  return text.includes(toolOutput) || text.includes(instructions);
}

const evidenceOf = (effect: Effect) => ('data' in effect ? String(effect.data) : JSON.stringify(effect));

function spelledOut(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}
