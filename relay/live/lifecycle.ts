import { beginGoodbye, heardGraceMs, remainingMs } from '../goodbye';
import { scrubResponse } from '../policy/scrub';
import { type Response } from '../protocol/upstream';
import { activate, release, type Slot } from '../response-queue';
import { closeSpoken, endResponse, isFollowUpDue, speak } from '../tool-rounds';
import { begin, finish, isOver, isUnderWay } from '../view';
import { set, tellClient, type Draft } from './draft';
import { endIfFatal } from './errors';
import { followUpOf } from './responses';
import { isForbidden, settleCalls } from './tools';

/** A response begins. It is held from the client until it has something to show. A repetition changes nothing. */
export function beginResponse(draft: Draft, response: Response, eventId: unknown): void {
  if (isUnderWay(draft.live.view, response.id) || isOver(draft.live.view, response.id)) return;
  const inConversation = response.conversation_id !== null;
  const { slot } = draft.live.queue;
  const isFollowUp = inConversation && slot.name === 'asked' && slot.ask.by === 'relay';
  const created = { type: 'response.created', event_id: eventId, response: scrubResponse(response) };
  set(draft, { view: begin(draft.live.view, { id: response.id, inConversation, isFollowUp }, created) });
  if (!inConversation) return;
  if (hearsOutputs(slot)) {
    const asked = slot.name === 'asked' ? slot.rounds : [];
    set(draft, { rounds: speak(draft.live.rounds, response.id, asked) });
  }
  set(draft, {
    queue: activate(draft.live.queue, response.id),
    goodbye: beginGoodbye(draft.live.goodbye, response.id),
  });
}

/** A client's create that brings its own `input` asks for a response that does not hear the conversation. */
function hearsOutputs(slot: Slot): boolean {
  return !(slot.name === 'asked' && slot.ask.by === 'client' && slot.ask.response?.['input'] !== undefined);
}

/** A response is done: its calls are decided, its rounds closed, the slot is free, the client sees its end. */
export function finishResponse(draft: Draft, response: Response, eventId: unknown): void {
  if (isOver(draft.live.view, response.id)) return;
  // Its response.created may never have come (protocol reference, section 4.3).
  beginResponse(draft, { ...response, status: 'in_progress', status_details: null, output: [], usage: null }, eventId);
  const { id, status, status_details: details } = response;
  const inConversation = isInConversation(draft, id);
  if (inConversation) {
    const silent = isForbidden(draft) || details?.reason === 'client_cancelled';
    settleCalls(draft, id, status === 'completed', response.output ?? []);
    const rounds = endResponse(closeSpoken(draft.live.rounds, id), id, followUpOf(response), silent);
    set(draft, { rounds, queue: release(draft.live.queue, id) });
  }
  const done = { type: 'response.done', event_id: eventId, response: scrubResponse(response) };
  const shown = finish(draft.live.view, id, done, isFollowUpDue(draft.live.rounds, id));
  set(draft, { view: shown.view });
  tellClient(draft, ...shown.events);
  finishGoodbye(draft, id);
  endIfFatal(draft, details?.['error']);
}

/** The goodbye is all sent: the session ends when the rest of it has been heard. */
function finishGoodbye(draft: Draft, responseId: string): void {
  const { goodbye, audio, settings, rounds } = draft.live;
  if (goodbye.name !== 'speaking' || goodbye.responseId !== responseId) return;
  if (isFollowUpDue(rounds, responseId)) {
    set(draft, { goodbye: { name: 'due' } });
    return;
  }
  const reckonedMs = remainingMs(goodbye, audio.outputBytesPerMs, draft.nowMs, settings.limits.goodbyeMs);
  const afterMs = settings.clientConfirmsHeard === true ? reckonedMs + heardGraceMs : reckonedMs;
  set(draft, { goodbye: { name: 'playing' } });
  draft.effects.push({ kind: 'timer.set', timer: 'goodbye', afterMs });
}

/** True for a response whose items enter the conversation; an unknown one counts as such. */
export function isInConversation(draft: Draft, responseId: string): boolean {
  const response = draft.live.view.responses.find(({ id }) => id === responseId);
  return response === undefined || response.inConversation;
}
