import { type CallEvents, type EndCause } from '../call';
import { type CallError } from '../errors';
import { type Backoff } from './backoff';
import { type JsonObject } from './json';
import { type Playback, type PlayedPart, type PlayedSoFar } from './playback';
import { type SessionFacts } from './session-facts';
import { type Turns } from './turns';

/** What can happen to a call. Times are milliseconds of a clock that only runs forward. */
export type CoreEvent =
  /** The relay says something. */
  | { readonly kind: 'message'; readonly text: string }
  /** No connection came about. */
  | { readonly kind: 'refused'; readonly why: Refused }
  /** The connection has ended. */
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }
  /** The microphone has heard a frame that is to be sent. */
  | { readonly kind: 'frame'; readonly base64: string; readonly ms: number }
  /** The speaker tells how far it is, and when the last of that is at the ear. */
  | { readonly kind: 'played'; readonly report: readonly PlayedSoFar[]; readonly heardAtMs: number }
  /** The speaker has stopped, as it was told to: this is all that was heard. */
  | { readonly kind: 'silenced'; readonly report: readonly PlayedSoFar[] }
  | { readonly kind: 'timer' }
  /** The browser is back online. */
  | { readonly kind: 'online' }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'end' }
  /** Something does not work, and the call goes on without it. */
  | { readonly kind: 'trouble'; readonly error: CallError }
  /** Something without which there is no call does not work. */
  | { readonly kind: 'broken'; readonly error: CallError };

/** Why there is no connection. */
export type Refused =
  | { readonly kind: 'final'; readonly error: CallError }
  | { readonly kind: 'transient'; readonly error: CallError; readonly retryAfterMs: number };

/** What a call wants done. Effects are performed in order. */
export type CoreEffect =
  /** Gets a token and opens a connection. */
  | { readonly kind: 'connect' }
  /** Lets go of the connection; nothing more is heard of it. */
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'send'; readonly event: JsonObject }
  | { readonly kind: 'play'; readonly part: number; readonly base64: string }
  /** Stops playing at once, drops what is queued, and tells what has been heard (`silenced`). */
  | { readonly kind: 'silence' }
  /** There is one timer; setting it starts it anew. */
  | { readonly kind: 'timer.set'; readonly afterMs: number }
  | { readonly kind: 'timer.clear' }
  /** Lets go of microphone and speaker. */
  | { readonly kind: 'release' }
  | Tell<keyof CallEvents>;

/** Tells the page. */
export type Tell<Name extends keyof CallEvents> = {
  readonly [Each in Name]: { readonly kind: 'tell'; readonly event: Each; readonly detail: CallEvents[Each] };
}[Name];

/** What a call is told at its start and never changes. */
export interface CoreSettings {
  /** Undefined: there are no second tries. */
  readonly backoff: Backoff | undefined;
  /** Asked for where the session has no transcription. */
  readonly transcription: JsonObject | undefined;
}

export interface CoreState {
  readonly settings: CoreSettings;
  /** Conversations there have been. */
  readonly conversations: number;
  /** What the user wrote while there was no conversation. */
  readonly unsaid: readonly string[];
  readonly phase: Phase;
}

export type Phase = Waiting | Opening | Talking | Ending | Over;

/** A try has failed, and the next one is not due yet. */
export interface Waiting {
  readonly name: 'waiting';
  /** The coming try; counts from 1. */
  readonly attempt: number;
  /** So long the relay has asked to be left alone. */
  readonly notBeforeMs: number;
}

/** From the look for a token until the relay shows a session. */
export interface Opening {
  readonly name: 'opening';
  readonly attempt: number;
  /** The code of the last error the relay told. */
  readonly complaint: string | undefined;
}

/** There is a conversation. */
export interface Talking extends Conversation {
  readonly name: 'talking';
}

/** The assistant has ended the call; what it said is heard to its end. */
export interface Ending extends Conversation {
  readonly name: 'ending';
}

/** Over; everything that still comes is ignored. */
export interface Over {
  readonly name: 'over';
  readonly cause: EndCause;
}

export interface Conversation {
  readonly sinceMs: number;
  /** Tries it took to come about; remembered until it has lasted. */
  readonly attempt: number;
  readonly session: SessionFacts;
  readonly complaint: string | undefined;
  /** Responses that have begun and are not done. */
  readonly active: readonly string[];
  /** The last responses that were cut off, whose late audio is not played. */
  readonly discarded: readonly string[];
  readonly playback: Playback;
  readonly isSpeaking: boolean;
  readonly isBusy: boolean;
  /** While the speaker is being stopped: what it may have played, and what is to be said once that is known. */
  readonly stopping: Stopping | undefined;
  readonly turns: Turns;
  /** When the user's turn ended that has not been answered yet. */
  readonly askedAtMs: number | undefined;
  /** What was sent of the microphone, and when the last of it had been heard. */
  readonly input: { readonly sentMs: number; readonly atMs: number };
}

/** The speaker has been told to stop and has not said yet what was heard. */
export interface Stopping {
  /** How many times it was told. */
  readonly asked: number;
  readonly parts: readonly PlayedPart[];
  /** What is to be said to the relay after that. */
  readonly unsent: readonly JsonObject[];
}
