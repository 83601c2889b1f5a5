import { type CallEvents } from '../call';
import { type JsonObject } from './json';
import {
  type Conversation,
  type CoreEffect,
  type CoreState,
  type Ending,
  type Phase,
  type Talking,
  type Tell,
} from './model';

/** A step in the making: it lives for that one step. */
export interface Draft {
  state: CoreState;
  readonly effects: CoreEffect[];
  readonly nowMs: number;
  /** From 0 to 1; what is left to chance in this step. */
  readonly chance: number;
}

/** A step in a conversation. */
export interface TalkDraft extends Draft {
  state: CoreState & { readonly phase: Talking | Ending };
}

export function isInConversation(draft: Draft): draft is TalkDraft {
  const { name } = draft.state.phase;
  return name === 'talking' || name === 'ending';
}

export function enter(draft: Draft, phase: Phase): void {
  draft.state = { ...draft.state, phase };
}

/** Changes some members of the conversation. */
export function change(draft: TalkDraft, members: Partial<Conversation>): void {
  draft.state = { ...draft.state, phase: { ...draft.state.phase, ...members } };
}

/** Says something to the relay; while it is not known what the user has heard, it waits for that. */
export function send(draft: TalkDraft, event: JsonObject): void {
  const { stopping } = draft.state.phase;
  if (stopping === undefined) draft.effects.push({ kind: 'send', event });
  else change(draft, { stopping: { ...stopping, unsent: [...stopping.unsent, event] } });
}

/** Tells the page. */
export function tell<Name extends keyof CallEvents>(draft: Draft, event: Name, detail: CallEvents[Name]): void {
  // A cast, because TypeScript does not see that a name and its own detail belong to one member of the union.
  draft.effects.push({ kind: 'tell', event, detail } as Tell<keyof CallEvents>);
}
