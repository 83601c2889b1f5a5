import { type CallState } from '../call';
import { type CallErrorCode } from '../errors';
import { closedOpening, closedTalking, hearOpening, open, refused, tooLate } from './connecting';
import { type Draft, isInConversation, tell, type TalkDraft } from './draft';
import { finish } from './finish';
import { silenced } from './interruption';
import {
  type CoreEffect,
  type CoreEvent,
  type CoreSettings,
  type CoreState,
  type Opening,
  type Waiting,
} from './model';
import { write } from './say';
import { hear, hearPlayed, sendFrame, sendSilence } from './talking';

/** What a step leads to. */
export interface Step {
  readonly state: CoreState;
  readonly effects: readonly CoreEffect[];
}

/** A call begins. */
export function begin(settings: CoreSettings): Step {
  const state: CoreState = {
    settings,
    conversations: 0,
    unsaid: [],
    phase: { name: 'waiting', attempt: 1, notBeforeMs: 0 },
  };
  const draft: Draft = { state, effects: [], nowMs: 0, chance: 0 };
  open(draft, 1);
  return { state: draft.state, effects: draft.effects };
}

/**
 * The whole course of a call: what happens in, what is to be done out. Pure: it touches no socket, clock or sound.
 *
 * @param nowMs A clock that only runs forward.
 * @param chance From 0 to 1, for what is left to chance.
 */
export function step(state: CoreState, event: CoreEvent, nowMs: number, chance: number): Step {
  const draft: Draft = { state, effects: [], nowMs, chance };
  take(draft, event);
  const shown = showState(draft.state);
  if (!isSame(shown, showState(state))) tell(draft, 'state', shown);
  return { state: draft.state, effects: draft.effects };
}

/** The state of a call as the page sees it. */
export function showState({ phase, conversations }: CoreState): CallState {
  switch (phase.name) {
    case 'waiting':
    case 'opening':
      return { name: 'connecting', attempt: phase.attempt, isReconnect: conversations > 0 };
    case 'talking':
      return { name: phase.isSpeaking ? 'speaking' : 'listening' };
    case 'ending':
      return { name: 'speaking' };
    case 'over':
      return { name: 'ended', cause: phase.cause };
  }
}

function take(draft: Draft, event: CoreEvent): void {
  const { phase } = draft.state;
  if (phase.name === 'over') return;
  if (event.kind === 'trouble') tell(draft, 'error', event.error);
  if (event.kind === 'end') finish(draft, { kind: 'hung_up' });
  else if (event.kind === 'broken') {
    tell(draft, 'error', event.error);
    finish(draft, { kind: 'failed', error: event.error });
  } else if (isInConversation(draft)) takeInConversation(draft, event);
  else if (event.kind === 'say') keep(draft, event.text);
  else if (phase.name === 'opening') takeOpening(draft, phase, event);
  else if (phase.name === 'waiting' && isDue(phase, event, draft.nowMs)) open(draft, phase.attempt);
}

/** Whoever is back online need not wait any longer, unless the relay has asked for it. */
function isDue({ notBeforeMs }: Waiting, { kind }: CoreEvent, nowMs: number): boolean {
  return kind === 'timer' || (kind === 'online' && nowMs >= notBeforeMs);
}

function takeOpening(draft: Draft, phase: Opening, event: CoreEvent): void {
  if (event.kind === 'message') hearOpening(draft, phase, event.text);
  else if (event.kind === 'refused') refused(draft, phase, event.why);
  else if (event.kind === 'closed') closedOpening(draft, phase, event);
  else if (event.kind === 'timer') tooLate(draft, phase);
}

function takeInConversation(draft: TalkDraft, event: CoreEvent): void {
  const isEnding = draft.state.phase.name === 'ending';
  switch (event.kind) {
    case 'played':
      hearPlayed(draft, event.report, event.heardAtMs);
      if (isEnding && draft.state.phase.playback.parts.length === 0) finish(draft, { kind: 'completed' });
      return;
    case 'timer':
      if (isEnding) finish(draft, { kind: 'completed' });
      return;
    case 'message':
      if (!isEnding) hear(draft, event.text);
      return;
    case 'closed':
      if (!isEnding) closedTalking(draft, event);
      return;
    case 'frame':
      if (!isEnding) sendFrame(draft, event.base64, event.ms);
      return;
    case 'trouble':
      if (!isEnding && deafening.has(event.error.code)) sendSilence(draft);
      return;
    case 'silenced':
      if (!isEnding) silenced(draft, event.report);
      return;
    case 'say':
      if (!isEnding) write(draft, event.text);
      return;
    default:
      return;
  }
}

/** What is written while there is no conversation is said in the next one. */
function keep(draft: Draft, text: string): void {
  draft.state = { ...draft.state, unsaid: [...draft.state.unsaid, text].slice(-mostUnsaid) };
}

function isSame(one: CallState, other: CallState): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** After these the microphone sends nothing: it is gone, or all the audio of the page stands still. */
const deafening: ReadonlySet<CallErrorCode> = new Set(['microphone_lost', 'playback_blocked']);

/** Turns in writing that wait for a conversation. */
const mostUnsaid = 16;
