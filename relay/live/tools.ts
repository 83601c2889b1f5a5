import { noGoodbye } from '../goodbye';
import { failures, type FailureCode } from '../protocol/errors';
import { type Item, type UpstreamEvent } from '../protocol/upstream';
import { type FunctionOutput } from '../tool-runner';
import { announce, answer, drop, forgetDone, prepare, release, undecided, type Call } from '../tool-rounds';
import { isOver } from '../view';
import { note, nextId, reached, set, tellUpstream, type Draft } from './draft';

type OutputItemEvent = Extract<UpstreamEvent, { type: 'response.output_item.added' | 'response.output_item.done' }>;
type ArgumentsDone = Extract<UpstreamEvent, { type: 'response.function_call_arguments.done' }>;

/**
 * A function call's item appears or is final. A final one that is `completed` is released, an `incomplete` one
 * dropped; where nothing is said, `settleCalls` decides.
 */
export function handleCallItem(draft: Draft, event: OutputItemEvent, isInConversation: boolean): void {
  const { item, response_id: responseId } = event;
  if (item.type !== 'function_call' || typeof item.call_id !== 'string') return;
  if (isOver(draft.live.view, responseId)) return;
  if (!isInConversation) {
    // Its output would have no place in the conversation (protocol reference, section 4.8).
    note(draft, 'warn', { callId: item.call_id }, 'Function call outside the conversation ignored');
    return;
  }
  register(draft, item, responseId, item.call_id);
  if (event.type === 'response.output_item.added') return;
  if (item.status === 'completed') complete(draft, item, item.call_id);
  else if (item.status === 'incomplete') cutOff(draft, item.call_id);
}

/** The arguments are complete, or cut off: enough to prepare the call, not to run it (protocol reference, section 4.3). */
export function handleArguments(draft: Draft, event: ArgumentsDone, isInConversation: boolean): void {
  if (!isInConversation || isOver(draft.live.view, event.response_id)) return;
  register(draft, { name: event.name, arguments: event.arguments }, event.response_id, event.call_id);
  prepareCall(draft, event.call_id, event.name, event.arguments);
}

/**
 * The response is done: calls whose own end never came are released if the response completed, else dropped.
 * Calls that only its `output` names are taken from there.
 */
export function settleCalls(draft: Draft, responseId: string, isCompleted: boolean, output: readonly Item[]): void {
  for (const item of output) {
    if (!isCompleted || item.type !== 'function_call' || typeof item.call_id !== 'string') continue;
    register(draft, item, responseId, item.call_id);
    if (item.status === 'incomplete' || item.status === 'in_progress') cutOff(draft, item.call_id);
    else complete(draft, item, item.call_id);
  }
  for (const call of undecided(draft.live.rounds, responseId)) {
    if (isCompleted && call.stage.name === 'prepared') run(draft, call.callId);
    else cutOff(draft, call.callId);
  }
}

/** A tool has answered: its output goes upstream at once, whatever else is going on. */
export function handleAnswer(draft: Draft, callId: string, output: FunctionOutput): void {
  const rounds = answer(draft.live.rounds, callId);
  if (rounds === draft.live.rounds) {
    note(draft, 'warn', { callId }, 'Late tool output dropped');
    return;
  }
  const { limits } = draft.live.settings;
  const isTooLarge = Buffer.byteLength(output.output) > limits.toolOutputBytes;
  if (isTooLarge) {
    reached(draft, 'toolOutputBytes');
    note(draft, 'warn', { callId }, 'Tool output larger than toolOutputBytes replaced');
  }
  set(draft, { rounds });
  sendOutput(draft, callId, isTooLarge ? failureOutput('tool_output_too_large') : output.output);
  if (output.endSession === true) {
    set(draft, { goodbye: { name: 'due' } });
    draft.effects.push({ kind: 'timer.set', timer: 'goodbye', afterMs: limits.goodbyeMs });
  }
}

/** A tool failed or did not answer in time: the model gets an output in its place. */
export function handleFailure(draft: Draft, callId: string, code: 'tool_failed' | 'tool_timeout'): void {
  const rounds = answer(draft.live.rounds, callId);
  if (rounds === draft.live.rounds) return;
  set(draft, { rounds });
  if (code === 'tool_timeout') reached(draft, 'toolMs');
  note(draft, 'warn', { callId, code }, 'Tool failed, the model is told');
  sendOutput(draft, callId, failureOutput(code));
}

/** True when the active response was asked for with `tool_choice: "none"`: a call in it is answered, not run. */
export function isForbidden(draft: Draft): boolean {
  const { slot } = draft.live.queue;
  return slot.name === 'active' && slot.ask?.by === 'relay' && slot.ask.final;
}

/** Somebody speaks: the call goes on after all. */
export function cancelGoodbye(draft: Draft): void {
  if (draft.live.goodbye.name === 'none') return;
  set(draft, { goodbye: noGoodbye });
  draft.effects.push({ kind: 'timer.clear', timer: 'goodbye' });
}

function register(draft: Draft, item: Pick<Item, 'name' | 'arguments'>, responseId: string, callId: string): void {
  const known = draft.live.rounds.calls.get(callId);
  if (known !== undefined && known.responseId !== responseId) {
    const differs = (item.arguments ?? '') !== '' && item.arguments !== known.arguments;
    note(draft, 'warn', { callId, argumentsDiffer: differs }, 'Function call repeated, not run again');
  }
  const call = { callId, responseId, name: item.name ?? '', arguments: '' };
  set(draft, { rounds: announce(draft.live.rounds, call) });
}

function complete(draft: Draft, item: Item, callId: string): void {
  const { rounds } = draft.live;
  const call = rounds.calls.get(callId);
  const text = item.arguments ?? call?.arguments ?? '';
  const isAsPrepared =
    call?.stage.name === 'prepared' && call.arguments === text && call.name === (item.name ?? call.name);
  if (!isAsPrepared) prepareCall(draft, callId, item.name, text);
  run(draft, callId);
}

function prepareCall(draft: Draft, callId: string, name: string | null | undefined, text: string): void {
  const rounds = prepare(draft.live.rounds, callId, name, text);
  const call = rounds.calls.get(callId);
  if (rounds === draft.live.rounds || call === undefined) {
    if (call !== undefined && call.arguments !== text) {
      note(draft, 'warn', { callId }, 'Function call repeated with other arguments, not run again');
    }
    return;
  }
  set(draft, { rounds });
  // Compatible servers may leave the name to the item's own events (protocol reference, section 4.1).
  if (call.name !== '') draft.effects.push({ kind: 'tool.prepare', call: asFunctionCall(call) });
}

function run(draft: Draft, callId: string): void {
  const rounds = release(draft.live.rounds, callId);
  const call = rounds.calls.get(callId);
  if (rounds === draft.live.rounds || call === undefined) return;
  set(draft, { rounds });
  if (isForbidden(draft)) {
    draft.effects.push({ kind: 'tool.drop', callId });
    set(draft, { rounds: answer(draft.live.rounds, callId) });
    sendOutput(draft, callId, failureOutput('tool_not_allowed'));
    return;
  }
  draft.effects.push(
    { kind: 'tool.run', call: asFunctionCall(call) },
    { kind: 'timer.set', timer: `tool:${callId}`, afterMs: draft.live.settings.limits.toolMs },
  );
}

function cutOff(draft: Draft, callId: string): void {
  const rounds = drop(draft.live.rounds, callId);
  if (rounds === draft.live.rounds) return;
  set(draft, { rounds });
  draft.effects.push({ kind: 'tool.drop', callId });
}

function sendOutput(draft: Draft, callId: string, output: string): void {
  draft.effects.push({ kind: 'timer.clear', timer: `tool:${callId}` });
  const item = { type: 'function_call_output', call_id: callId, output };
  tellUpstream(draft, { type: 'conversation.item.create', event_id: nextId(draft, 'out'), item });
  set(draft, { rounds: forgetDone(draft.live.rounds) });
}

function failureOutput(code: FailureCode): string {
  return JSON.stringify({ success: false, status: code, error: failures[code].text });
}

function asFunctionCall(call: Call) {
  return { callId: call.callId, name: call.name, arguments: call.arguments };
}
