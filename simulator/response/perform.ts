import type { Plan } from '../model/model';
import { TEXT_DELTA_MS } from '../pace';
import type { AnyEvent } from '../protocol/wire';
import type { Refusal } from '../protocol/refusal';
import type { Call, CutOff, PlanStep } from '../scenario/schema';
import { argumentDeltas, wordDeltas } from '../speech/deltas';
import { speak } from '../speech/voice';
import type { CallWriter, ItemWriter, MessageWriter } from './item-writer';
import type { ResponseEnd, ResponseWriter } from './response-writer';

/** Between two events of a response: time passes, or something has to happen first. */
export type Beat =
  { readonly kind: 'pause'; readonly speechMs: number } | { readonly kind: 'wait'; readonly until: WaitFor };

/** What a response can wait for. Being cancelled ends every wait. */
export type WaitFor = Extract<PlanStep, { wait_for: unknown }>['wait_for'];

/** What a plan can do to the session around it. */
export interface Scene {
  emit(event: AnyEvent): void;
  reportError(refusal: Refusal): void;
  close(code: number, reason: string): void;
  drop(): void;
}

/** Transcripts run ahead: so many words go out before each delta of audio, which holds less than one. */
const WORDS_PER_AUDIO_DELTA = 3;

/**
 * Carries a plan out, one event at a time, and says how the response ends. Whoever runs it may stop between any two
 * events; the writer then closes what is open.
 */
export function* perform(plan: Plan, writer: ResponseWriter, scene: Scene): Generator<Beat, ResponseEnd> {
  for (const [index, step] of plan.steps.entries()) {
    const callsFollow = plan.steps.slice(index + 1).some(isCalling);
    const end = yield* performStep(step, plan, writer, scene, callsFollow);
    if (end !== undefined) return end;
  }
  return { status: 'completed' };
}

function* performStep(
  step: PlanStep,
  plan: Plan,
  writer: ResponseWriter,
  scene: Scene,
  callsFollow: boolean,
): Generator<Beat, ResponseEnd | undefined> {
  const stage: Performance = { writer, closesAtOnce: plan.order === 'sequential' };
  if ('say' in step) return yield* say(step.say, step.cut_off, callsFollow ? 'commentary' : 'final_answer', stage);
  if ('call' in step) return yield* callAll([step.call], stage);
  if ('calls' in step) return yield* callAll(step.calls, stage);
  // Everything else happens between items, so what is whole is closed first.
  writer.closeItems();
  if ('wait_for' in step) yield { kind: 'wait', until: step.wait_for };
  else if ('fail' in step) return { status: 'failed', error: step.fail };
  else if ('error' in step) scene.reportError(step.error);
  else if ('emit' in step) scene.emit(step.emit);
  else if ('close' in step) scene.close(step.close.code, step.close.reason);
  else scene.drop();
  return undefined;
}

interface Performance {
  readonly writer: ResponseWriter;
  /** Each item closes before the next opens; otherwise all close together at the end (protocol reference, section 4.2). */
  readonly closesAtOnce: boolean;
}

function* say(
  text: string,
  cutOff: CutOff | undefined,
  phase: 'commentary' | 'final_answer',
  stage: Performance,
): Generator<Beat, ResponseEnd | undefined> {
  const { writer } = stage;
  const message = writer.openMessage(phase);
  const words = wordDeltas(text);
  const spoken = words.slice(0, cutOff?.after ?? words.length);
  const end = yield* writer.modality === 'audio'
    ? sayAloud(message, spoken, spoken.length / words.length, text, writer)
    : write(message, spoken, writer);
  return end ?? (yield* endItem(message, cutOff, stage));
}

function* sayAloud(
  message: MessageWriter,
  words: readonly string[],
  share: number,
  text: string,
  writer: ResponseWriter,
): Generator<Beat, ResponseEnd | undefined> {
  const all = speak(text, writer.audioFormat);
  const audio = all.slice(0, Math.ceil(all.length * share));
  const left = [...words];
  for (const delta of audio) {
    for (const word of left.splice(0, WORDS_PER_AUDIO_DELTA)) {
      message.writeWords(word);
      writer.count({ text: word });
      yield { kind: 'pause', speechMs: TEXT_DELTA_MS };
    }
    message.writeAudio(delta);
    writer.count({ audioMs: delta.ms });
    yield { kind: 'pause', speechMs: delta.ms };
    if (writer.isOverLimit) return { status: 'incomplete', reason: 'max_output_tokens' };
  }
  return yield* write(message, left, writer);
}

function* write(
  message: MessageWriter,
  words: readonly string[],
  writer: ResponseWriter,
): Generator<Beat, ResponseEnd | undefined> {
  for (const word of words) {
    message.writeWords(word);
    writer.count({ text: word });
    yield { kind: 'pause', speechMs: TEXT_DELTA_MS };
    if (writer.isOverLimit) return { status: 'incomplete', reason: 'max_output_tokens' };
  }
  return undefined;
}

function* callAll(calls: readonly Call[], stage: Performance): Generator<Beat, ResponseEnd | undefined> {
  for (const call of calls) {
    const end = yield* callOne(call, stage);
    if (end !== undefined) return end;
  }
  return undefined;
}

function* callOne(call: Call, stage: Performance): Generator<Beat, ResponseEnd | undefined> {
  const { writer } = stage;
  const item: CallWriter = writer.openCall(call.name, call.call_id, {
    noName: call.quirks.includes('no_name'),
    noItemDone: call.quirks.includes('no_item_done'),
  });
  const whole = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
  for (const delta of argumentDeltas(whole.slice(0, call.cut_off?.after ?? whole.length))) {
    item.write(delta);
    writer.count({ text: delta });
    yield { kind: 'pause', speechMs: TEXT_DELTA_MS };
    if (writer.isOverLimit) return { status: 'incomplete', reason: 'max_output_tokens' };
  }
  return yield* endItem(item, call.cut_off, stage);
}

/** An item that is cut off stays incomplete: by the model's own end at once, by an interruption when there is one. */
function* endItem(
  item: ItemWriter,
  cutOff: CutOff | undefined,
  { closesAtOnce }: Performance,
): Generator<Beat, ResponseEnd | undefined> {
  if (cutOff === undefined) {
    item.isWhole = true;
    if (closesAtOnce) item.close('completed');
    return undefined;
  }
  if (cutOff.by !== 'interruption') return { status: 'incomplete', reason: cutOff.by };
  yield { kind: 'wait', until: 'cancel' };
  return undefined;
}

function isCalling(step: PlanStep): boolean {
  return 'call' in step || 'calls' in step;
}
