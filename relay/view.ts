import { type JsonObject } from './json';

/**
 * Which responses the client has been told of.
 *
 * Every response is held until it has something to show. One that only called tools stays held after its end: if the
 * relay's follow-up comes, that one is shown in its place, otherwise its own beginning and end are shown, empty, so
 * that every response a client asked for ends (protocol reference, section 4.7).
 */
export interface View {
  /** The responses that are not finished for the client, in the order in which they began. */
  readonly responses: readonly ViewedResponse[];
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
  /** The last place that holds a visible one; -1 before the first. */
  readonly lastVisibleIndex: number;
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
export const emptyView: View = { responses: [] };

/** True when no response is held or renumbered, so that events of responses may pass as they came. */
export function isPlain(view: View): boolean {
  return view.responses.every(
    ({ stage, hiddenIndexes, lastVisibleIndex }) =>
      stage.name !== 'held' && hiddenIndexes.every((hidden) => hidden > lastVisibleIndex),
  );
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
    lastVisibleIndex: -1,
    stage: { name: 'held', created },
  };
  return { responses: [...view.responses.filter(({ id }) => id !== response.id), held] };
}

/** Notes that a hidden item takes a place in the response's output. */
export function hideIndex(view: View, id: string, index: number): View {
  return update(view, id, (response) =>
    response.hiddenIndexes.includes(index)
      ? response
      : { ...response, hiddenIndexes: [...response.hiddenIndexes, index] },
  );
}

/** Notes that a visible item takes a place in the response's output. */
export function showIndex(view: View, id: string, index: number): View {
  return update(view, id, (response) => ({
    ...response,
    lastVisibleIndex: Math.max(response.lastVisibleIndex, index),
  }));
}

/** The place of a visible item as the client counts: hidden ones before it are left out. */
export function visibleIndex(view: View, id: string, index: number): number {
  const response = view.responses.find((candidate) => candidate.id === id);
  return index - (response?.hiddenIndexes.filter((hidden) => hidden < index).length ?? 0);
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

/**
 * Ends a response. `done` is its scrubbed `response.done`. One that showed nothing yet is kept back while its tool
 * outputs are still to be spoken for (`followUpDue`).
 */
export function finish(view: View, id: string, done: JsonObject, followUpDue: boolean): Shown {
  const response = view.responses.find((candidate) => candidate.id === id);
  if (response?.stage.name === 'held' && followUpDue) {
    const { created } = response.stage;
    return { view: update(view, id, (held) => ({ ...held, stage: { name: 'ended', created, done } })), events: [] };
  }
  const shown = reveal(view, id);
  return {
    view: { responses: shown.view.responses.filter((candidate) => candidate.id !== id) },
    events: [...shown.events, done],
  };
}

/** Ends the wait for follow-ups: what was kept back is shown, or dropped when its follow-up takes its place. */
export function settle(view: View, replaced = false): Shown {
  const events: JsonObject[] = [];
  for (const { stage } of view.responses) {
    if (stage.name === 'ended' && !replaced) events.push(stage.created, stage.done);
  }
  return { view: { responses: view.responses.filter(({ stage }) => stage.name !== 'ended') }, events };
}

function update(view: View, id: string, change: (response: ViewedResponse) => ViewedResponse): View {
  return { responses: view.responses.map((response) => (response.id === id ? change(response) : response)) };
}
