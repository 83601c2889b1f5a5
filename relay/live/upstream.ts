import { audioFacts } from '../audio-facts';
import { hearGoodbye } from '../goodbye';
import { isJsonObject, type JsonObject } from '../json';
import { type Frame, type Live } from '../model';
import { isHarmless, kindOf, mayPassRaw } from '../policy/event-kinds';
import { scrubSession } from '../policy/scrub';
import { showContent, showItemEvent, type Showing } from '../policy/to-client';
import { frameType } from '../protocol/frame';
import { parseUpstream, type UpstreamEvent } from '../protocol/upstream';
import { automaticResponseMs, startSpeech, stopSpeech } from '../response-queue';
import { confirm } from '../tool-rounds';
import { isPlain, revealHeld } from '../view';
import { note, set, tellClient, type Draft } from './draft';
import { handleError } from './errors';
import { beginResponse, finishResponse, isInConversation } from './lifecycle';
import { cancelGoodbye, handleArguments, handleCallItem } from './tools';

/** True for a frame that passes as it came and teaches the relay nothing: the hot path, decided without a parse. */
export function passesDown(live: Live, frame: Frame): boolean {
  const type = frameType(frame);
  return type !== undefined && mayPassRaw(type, live.saysDirectly);
}

/** Finds out anew what the hot path needs to know. */
export function settle(live: Live): Live {
  const saysDirectly = isPlain(live.view) && live.goodbye.name !== 'speaking';
  return saysDirectly === live.saysDirectly ? live : { ...live, saysDirectly };
}

/** Takes one upstream frame that has to be looked into: learns from it, then shows the client its part. */
export function handleUpstreamFrame(draft: Draft, frame: Frame): void {
  const message = parseUpstream(frame);
  switch (message.kind) {
    case 'known':
      handleEvent(draft, message.event, frame);
      return;
    case 'other':
      showOther(draft, message.event, frame);
      return;
    case 'malformed':
      note(draft, 'warn', { type: message.type ?? null, bytes: frame.length }, 'Malformed upstream event dropped');
  }
}

function handleEvent(draft: Draft, event: UpstreamEvent, frame: Frame): void {
  switch (event.type) {
    case 'session.created':
      return;
    case 'session.updated':
      handleSession(draft, event.session, event.event_id);
      return;
    case 'error':
      handleError(draft, event.error, event.event_id);
      return;
    case 'response.created':
      beginResponse(draft, event.response, event.event_id);
      return;
    case 'response.done':
      finishResponse(draft, event.response, event.event_id);
      return;
    case 'response.output_item.added':
    case 'response.output_item.done':
      handleCallItem(draft, event, isInConversation(draft, event.response_id));
      break;
    case 'response.function_call_arguments.done':
      handleArguments(draft, event, isInConversation(draft, event.response_id));
      break;
    case 'conversation.item.added':
    case 'conversation.item.created':
      if (event.item.type === 'function_call_output' && typeof event.item.call_id === 'string') {
        set(draft, { rounds: confirm(draft.live.rounds, event.item.call_id) });
      }
      break;
    case 'input_audio_buffer.speech_started':
      handleSpeechStarted(draft);
      break;
    case 'input_audio_buffer.speech_stopped':
      handleSpeechStopped(draft, draft.live.audio.respondsByItself);
      break;
    case 'input_audio_buffer.cleared':
    case 'input_audio_buffer.committed':
      // Without a speech_stopped before it: the client ended the turn itself, which starts no response.
      if (draft.live.queue.speech === 'speaking') handleSpeechStopped(draft, false);
      break;
    case 'conversation.item.done':
    case 'conversation.item.retrieved':
    case 'conversation.item.deleted':
    case 'conversation.item.truncated':
    case 'conversation.item.input_audio_transcription.failed':
      break;
  }
  show(draft, showItemEvent(draft.live, event), frame);
}

function handleSession(draft: Draft, raw: JsonObject, eventId: unknown): void {
  const session = scrubSession(raw);
  const audio = audioFacts(raw);
  set(draft, { session, audio });
  tellClient(draft, { type: 'session.updated', event_id: eventId, session });
}

function handleSpeechStarted(draft: Draft): void {
  if (draft.live.audio.interruptsResponses) {
    // A client knows late content of a response that was cut off by its having begun before the speech.
    const shown = revealHeld(draft.live.view);
    set(draft, { view: shown.view });
    tellClient(draft, ...shown.events);
  }
  set(draft, { queue: startSpeech(draft.live.queue) });
  // The timer also guards a slot that is taken, which the user's speech does not free.
  if (draft.live.queue.slot.name !== 'taken') {
    draft.effects.push({ kind: 'timer.clear', timer: 'automatic-response' });
  }
  cancelGoodbye(draft);
}

function handleSpeechStopped(draft: Draft, automatic: boolean): void {
  set(draft, { queue: stopSpeech(draft.live.queue, automatic) });
  if (automatic) draft.effects.push({ kind: 'timer.set', timer: 'automatic-response', afterMs: automaticResponseMs });
}

function showOther(draft: Draft, event: JsonObject & { readonly type: string }, frame: Frame): void {
  const kind = kindOf(event.type);
  switch (kind) {
    case 'pass':
      draft.effects.push({ kind: 'send.client', data: frame });
      return;
    case 'content': {
      const { live } = draft;
      if (event.type === 'response.output_audio.delta') {
        const goodbye = hearGoodbye(live.goodbye, event['response_id'], event['delta'], draft.nowMs);
        if (goodbye !== live.goodbye) set(draft, { goodbye });
      }
      show(draft, showContent(draft.live, event), frame);
      return;
    }
    case 'hide':
      return;
    case 'unknown':
      if (isHarmless(event, secretsOf(draft))) draft.effects.push({ kind: 'send.client', data: frame });
      else note(draft, 'warn', { type: event.type }, 'Unknown upstream event dropped');
  }
}

function secretsOf({ live }: Draft): readonly string[] {
  const { tools, instructions } = live.settings.config;
  const names = Array.isArray(tools) ? tools.filter(isJsonObject).map((tool) => tool['name']) : [];
  const calls = [...live.rounds.calls.values()].flatMap((call) => [call.callId, call.name, call.arguments]);
  const items = live.history.filter(({ hidden }) => hidden).map(({ id }) => id);
  const secrets = [...linesOf(instructions), ...names, ...calls, ...items];
  return secrets.filter((secret) => typeof secret === 'string');
}

/** One line quoted of the instructions tells as much as all; very short ones are found in any text. */
function linesOf(instructions: unknown): readonly string[] {
  if (typeof instructions !== 'string') return [];
  return instructions.split('\n').filter((line) => line.length >= 8);
}

function show(draft: Draft, { history, view, events }: Showing, frame: Frame): void {
  set(draft, { history, view });
  for (const event of events) {
    if (event === 'raw') draft.effects.push({ kind: 'send.client', data: frame });
    else tellClient(draft, event);
  }
}
