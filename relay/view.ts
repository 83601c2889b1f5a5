import { type JsonObject } from './json';

/**
 * Which responses the client has been told of.
 *
 * Every response is held until it has something to show, or is cut off by the user's speech. One that only called tools stays held after its end: if the
 * relay's follow-up comes, that one is shown in its place, otherwise its own beginning and end are shown, empty, so
 * that every response a client asked for ends (protocol reference, section 4.7).
 */
export interface View {
  /** The responses that are not finished for the client, in the order in which they began. */
  readonly responses: readonly ViewedResponse[];
  /** The responses that ended last, by id: what still comes of them is late or a repetition. */
  readonly over: readonly string[];
}

/** One response on its way to the client. */
export interface ViewedResponse {
  readonly id: string;
  /** Part of the default conversation, as opposed to out of band (`conversation: "none"`). */
  readonly inConversation: boolean;
  /** Asked for by the relay, to speak for tool outputs. */
  readonly isFollowUp: boolean;
  /** Places in `output` that hold hidden items. */
  readonly hiddenIndexes: readonly number[];
  readonly stage:
    | { readonly name: 'held'; readonly created: JsonObject }
    | { readonly name: 'shown' }
    | { readonly name: 'ended'; readonly created: JsonObject; readonly done: JsonObject };
}

/** A new view beside the events that bring the client up to date. */
export interface Shown {
  readonly view: View;
  readonly events: readonly JsonObject[];
}

/** The view of a session that has not said anything. */
export const emptyView: View = { responses: [], over: [] };

/** How many ended responses are remembered. */
const maxOver = 32;

/** True when no response is held or has hidden items, so that events of responses may pass as they came. */
export function isPlain(view: View): boolean {
  return view.responses.every(({ stage, hiddenIndexes }) => stage.name !== 'held' && hiddenIndexes.length === 0);
}

/** True for a response that began and has not ended. */
export function isUnderWay(view: View, id: string): boolean {
  return view.responses.some((response) => response.id === id) && !isOver(view, id);
}

/** True for a response that has ended, shown or not. */
export function isOver(view: View, id: string): boolean {
  return view.over.includes(id);
}

/** Holds a response that begins. `created` is its scrubbed `response.created`. */
export function begin(
  view: View,
  response: Pick<ViewedResponse, 'id' | 'inConversation' | 'isFollowUp'>,
  created: JsonObject,
): View {
  const held: ViewedResponse = {
    ...response,
    hiddenIndexes: [],
    stage: { name: 'held', created },
  };
  return { ...view, responses: [...view.responses, held] };
}

/** The response turned out not to be the relay's follow-up. */
export function disown(view: View, id: string): View {
  return update(view, id, (response) => ({ ...response, isFollowUp: false }));
}

/** Notes that a hidden item takes a place in the response's output. */
export function hideIndex(view: View, id: string, index: number): View {
  return update(view, id, (response) =>
    response.hiddenIndexes.includes(index)
      ? response
      : { ...response, hiddenIndexes: [...response.hiddenIndexes, index] },
  );
}

/** The place of an item as the client counts: hidden ones before it are left out. Undefined for a hidden item. */
export function visibleIndex(view: View, id: string, index: number): number | undefined {
  const hidden = view.responses.find((candidate) => candidate.id === id)?.hiddenIndexes ?? [];
  return hidden.includes(index) ? undefined : index - hidden.filter((place) => place < index).length;
}

/** Shows a held response because something visible of it has come; no events when it is shown already. */
export function reveal(view: View, id: string): Shown {
  const response = view.responses.find((candidate) => candidate.id === id);
  if (response?.stage.name !== 'held') return { view, events: [] };
  const { created } = response.stage;
  const before = response.inConversation ? settle(view, response.isFollowUp) : { view, events: [] };
  return {
    view: update(before.view, id, (held) => ({ ...held, stage: { name: 'shown' } })),
    events: [...before.events, created],
  };
}

/** Shows every response of the conversation that is held and under way: the user's speech has cut it off. */
export function revealHeld(view: View): Shown {
  const held = view.responses.filter(({ inConversation, stage }) => inConversation && stage.name === 'held');
  return held.reduce<Shown>(
    (before, { id }) => {
      const after = reveal(before.view, id);
      return { view: after.view, events: [...before.events, ...after.events] };
    },
    { view, events: [] },
  );
}

/**
 * Ends a response. `done` is its scrubbed `response.done`. One that showed nothing yet is kept back while its tool
 * outputs are still to be spoken for (`followUpDue`).
 */
export function finish(before: View, id: string, done: JsonObject, followUpDue: boolean): Shown {
  const view = { ...before, over: [...before.over, id].slice(-maxOver) };
  const response = view.responses.find((candidate) => candidate.id === id);
  if (response?.stage.name === 'held' && followUpDue) {
    const { created } = response.stage;
    return { view: update(view, id, (held) => ({ ...held, stage: { name: 'ended', created, done } })), events: [] };
  }
  const shown = reveal(view, id);
  return {
    view: { ...shown.view, responses: shown.view.responses.filter((candidate) => candidate.id !== id) },
    events: [...shown.events, done],
  };
}

/** Ends the wait for follow-ups: what was kept back is shown, or dropped when its follow-up takes its place. */
export function settle(view: View, replaced = false): Shown {
  const events: JsonObject[] = [];
  for (const { stage } of view.responses) {
    if (stage.name === 'ended' && !replaced) events.push(stage.created, stage.done);
  }
  return { view: { ...view, responses: view.responses.filter(({ stage }) => stage.name !== 'ended') }, events };
}

function update(view: View, id: string, change: (response: ViewedResponse) => ViewedResponse): View {
  const responses = view.responses.map((response) => (response.id === id ? change(response) : response));
  return { ...view, responses };
}
