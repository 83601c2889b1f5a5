import { pick, isJsonObject, type JsonObject } from '../json';
import {
  ask,
  automaticResponseMs,
  enqueue,
  mayAsk,
  maxRefusals,
  refuse,
  type Ask,
  type ClientAsk,
} from '../response-queue';
import { isBusy, owed, silence, unspeak, type FollowUp } from '../tool-rounds';
import { disown, settle } from '../view';
import { end, nextId, note, reached, refuseClient, set, tellClient, tellUpstream, type Draft } from './draft';

/** Queues a client's create; it goes upstream with the next `advance` that may send it. */
export function queueAsk(draft: Draft, response: JsonObject | undefined, clientEventId: string | null): void {
  const { queue, settings } = draft.live;
  if (queue.waiting.length >= settings.limits.waitingCreates) {
    reached(draft, 'waitingCreates');
    refuseClient(draft, 'conversation_already_has_active_response', null, clientEventId);
    return;
  }
  const request: ClientAsk = { by: 'client', eventId: nextId(draft, 'cc'), clientEventId, response, refusals: 0 };
  set(draft, { queue: enqueue(draft.live.queue, request) });
}

/**
 * The one place that asks for a response: the client's oldest create, or else the follow-up that speaks for tool
 * outputs. Called at the end of every step that may have made room for one.
 */
export function advance(draft: Draft): void {
  const waiting = draft.live.queue.waiting[0];
  if (waiting !== undefined && mayAsk(draft.live.queue, 'client')) askForClient(draft, waiting);
  else if (owed(draft.live.rounds).length > 0 && mayAsk(draft.live.queue, 'relay')) askForFollowUp(draft);
}

/** A create was refused; it is tried again, or given up after `maxRefusals`. */
export function handleRefusal(draft: Draft, request: Ask, isTaken: boolean): void {
  const { slot } = draft.live.queue;
  if (slot.name === 'active') {
    const { rounds, view } = draft.live;
    set(draft, { rounds: unspeak(rounds, slot.responseId), view: disown(view, slot.responseId) });
  }
  set(draft, { queue: refuse(draft.live.queue, request, isTaken) });
  if (draft.live.queue.slot.name === 'taken') {
    // The response in the way should end by itself; should it never show, the wait ends instead.
    draft.effects.push({ kind: 'timer.set', timer: 'automatic-response', afterMs: automaticResponseMs });
  }
  if (request.by === 'client') {
    if (isTaken) requeue(draft, request);
  } else if (draft.live.queue.followUpRefusals >= maxRefusals) {
    note(draft, 'warn', { refusals: maxRefusals }, 'Follow-up response refused, given up');
    giveUpFollowUps(draft);
  }
}

/** Outputs stay given, but nobody speaks for them; what was kept back for a follow-up is shown. */
export function giveUpFollowUps(draft: Draft): void {
  const shown = settle(draft.live.view);
  set(draft, { rounds: silence(draft.live.rounds), view: shown.view });
  tellClient(draft, ...shown.events);
}

/** What a follow-up repeats of the response that made the calls (protocol reference, section 3.5). */
export function followUpOf(response: JsonObject): FollowUp {
  const repeated = pick(response, ['output_modalities', 'max_output_tokens', 'metadata']);
  if (repeated['metadata'] === null) delete repeated['metadata'];
  const output = isJsonObject(response['audio']) ? response['audio']['output'] : undefined;
  const voice = isJsonObject(output) ? pick(output, ['voice']) : {};
  return Object.keys(voice).length === 0 ? repeated : { ...repeated, audio: { output: voice } };
}

function askForClient(draft: Draft, request: ClientAsk): void {
  // What the client asked for before ends before what it asks for now begins.
  const shown = settle(draft.live.view);
  tellClient(draft, ...shown.events);
  set(draft, { view: shown.view, queue: ask(draft.live.queue, request, dueRounds(draft)) });
  tellUpstream(draft, {
    type: 'response.create',
    event_id: request.eventId,
    ...(request.response === undefined ? {} : { response: request.response }),
  });
}

function askForFollowUp(draft: Draft): void {
  const { rounds, queue, settings } = draft.live;
  const due = owed(rounds);
  const final = queue.followUpsInTurn + 1 >= settings.limits.roundsPerTurn;
  if (final) reached(draft, 'roundsPerTurn');
  const request: Ask = { by: 'relay', eventId: nextId(draft, 'rc'), final };
  set(draft, { queue: ask(draft.live.queue, request, dueRounds(draft)) });
  const repeated = queue.isFollowUpPlain ? undefined : due.at(-1)?.followUp;
  tellUpstream(draft, {
    type: 'response.create',
    event_id: request.eventId,
    response: { ...repeated, tool_choice: final ? 'none' : 'auto' },
  });
}

function dueRounds(draft: Draft): readonly string[] {
  return owed(draft.live.rounds).map(({ responseId }) => responseId);
}

function requeue(draft: Draft, request: ClientAsk): void {
  const refusals = request.refusals + 1;
  if (refusals >= maxRefusals) {
    refuseClient(draft, 'conversation_already_has_active_response', null, request.clientEventId);
    return;
  }
  set(draft, { queue: enqueue(draft.live.queue, { ...request, refusals }) });
}

/** Ends a draining session at a quiet moment: no response, no tool, nobody speaking. */
export function endIfQuiet(draft: Draft): void {
  const { draining, queue, goodbye, rounds, view } = draft.live;
  if (!draining || goodbye.name !== 'none') return;
  const isAsked = queue.slot.name !== 'free' || queue.waiting.length > 0;
  if (!isAsked && queue.speech === 'silent' && view.responses.length === 0 && !isBusy(rounds)) end(draft, 'draining');
}
