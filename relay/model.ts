import { type AudioFacts } from './audio-facts';
import { type Goodbye } from './goodbye';
import { type History } from './history';
import { type JsonObject } from './json';
import { type SessionLimits } from './limits';
import { type EndCause } from './protocol/close';
import { type ConnectFailure } from './protocol/errors';
import { type ResponseQueue } from './response-queue';
import { type FunctionCall, type FunctionOutput } from './tool-runner';
import { type ToolRounds } from './tool-rounds';
import { type View } from './view';

/** One WebSocket text message as it came: UTF-8 bytes, not parsed. */
export type Frame = Buffer;

/** What can happen to a session. */
export type SessionEvent =
  | { readonly kind: 'client.frame'; readonly frame: Frame; readonly isBinary: boolean }
  | { readonly kind: 'client.closed' }
  /** Everything the client was sent so far has been played to its end; only of a client that can tell. */
  | { readonly kind: 'client.heard' }
  | { readonly kind: 'upstream.frame'; readonly frame: Frame }
  | { readonly kind: 'upstream.failed'; readonly failure: ConnectFailure }
  | { readonly kind: 'upstream.closed'; readonly code: number }
  | { readonly kind: 'tool.answered'; readonly callId: string; readonly output: FunctionOutput }
  | { readonly kind: 'tool.failed'; readonly callId: string }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  /** Asks for an end at the next quiet moment. */
  | { readonly kind: 'drain' }
  /** Something outside the conversation ends the session: a limit, a dead peer, the operator. */
  | { readonly kind: 'end'; readonly cause: EndCause };

/** What a session wants done. Effects are performed in order. */
export type Effect =
  | { readonly kind: 'send.client'; readonly data: Frame | string }
  | { readonly kind: 'send.upstream'; readonly data: Frame | string }
  /** Stop and go of the client's socket while nothing may go upstream. */
  | { readonly kind: 'client.pause' }
  | { readonly kind: 'client.resume' }
  | { readonly kind: 'tool.prepare'; readonly call: FunctionCall }
  | { readonly kind: 'tool.run'; readonly call: FunctionCall }
  | { readonly kind: 'tool.drop'; readonly callId: string }
  /** For the count of limits that were reached without ending the session. */
  | { readonly kind: 'limit.reached'; readonly limit: keyof SessionLimits }
  | { readonly kind: 'timer.set'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly kind: 'timer.clear'; readonly timer: TimerName }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn';
      readonly fields: JsonObject;
      readonly message: string;
    }
  /** The last effect of a session: both sockets are closed as the cause's ending says. */
  | { readonly kind: 'end'; readonly cause: EndCause };

/** The session's timers; setting one that runs starts it anew. */
export type TimerName = 'opening' | 'session-max' | 'automatic-response' | 'goodbye' | `tool:${string}`;

/** What a session is told at its start and never changes. */
export interface Settings {
  /** The `session` object of the relay's `session.update`. */
  readonly config: JsonObject;
  readonly limits: SessionLimits;
  /** The client reports `client.heard`, so that a goodbye's end is told and not reckoned. Default false. */
  readonly clientConfirmsHeard?: boolean;
  /** The client asked to be told while tools run: that, and nothing more of them. Default false. */
  readonly tellsActivity?: boolean;
}

/** Where a session stands. */
export type SessionState = Opening | Live | Ended;

/** Until upstream has taken the relay's configuration, nothing of the client goes up. */
export interface Opening {
  readonly phase: 'opening';
  readonly settings: Settings;
  /** What the client has said so far, in order. */
  readonly held: readonly Extract<SessionEvent, { kind: 'client.frame' }>[];
  readonly heldBytes: number;
  /** The `event_id` of upstream's `session.created`, once it has come. */
  readonly greeting: string | null;
}

/** The conversation. */
export interface Live {
  readonly phase: 'live';
  readonly settings: Settings;
  /** The session as the client may see it. */
  readonly session: JsonObject;
  readonly audio: AudioFacts;
  readonly history: History;
  readonly view: View;
  readonly rounds: ToolRounds;
  readonly queue: ResponseQueue;
  readonly goodbye: Goodbye;
  /**
   * What a response says goes to the client as it comes. It follows from `view` and `goodbye`, and is kept beside them so that
   * audio need not look into these.
   */
  readonly saysDirectly: boolean;
  readonly draining: boolean;
  /** Numbers the relay's own events. */
  readonly serial: number;
}

/** Over; everything that still comes is ignored. */
export interface Ended {
  readonly phase: 'ended';
  readonly cause: EndCause;
}
