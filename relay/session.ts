import { type WebSocket } from 'ws';
import { type SessionLimits } from './limits';
import { type EndCause } from './protocol/close';
import { type ToolRunner } from './tool-runner';
import { type UpstreamTarget } from './upstream';

/** The part of a pino logger a session uses; values never hold frames, arguments, audio or text of the call. */
export interface SessionLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a session counts as it goes; every member is called often and must be cheap. */
export interface SessionMeter {
  /** One message was sent to a side, with its size. */
  sent(to: 'client' | 'upstream', bytes: number): void;
}

/** What one session is made of. */
export interface SessionOptions {
  /** Names the session in logs. */
  readonly id: string;
  /** The client's socket, open; the session owns it from here on. Hand it over in the tick in which it opened. */
  readonly client: WebSocket;
  /** Where the model is. */
  readonly upstream: UpstreamTarget;
  /** The `session` object of the relay's `session.update`: `type`, instructions, tools, audio (protocol reference, section 3). */
  readonly config: Readonly<Record<string, unknown>>;
  /** Runs this session's function calls. */
  readonly tools: ToolRunner;
  readonly limits: SessionLimits;
  readonly log: SessionLog;
  readonly meter?: SessionMeter;
}

/** How and when a session ended. */
export interface Ending {
  readonly cause: EndCause;
  /** From the start of the session, in milliseconds. */
  readonly durationMs: number;
}

/** A running session. */
export interface Session {
  readonly id: string;
  /** Asks the session to end at its next quiet moment: no response, no tool, nobody speaking. */
  drain(): void;
  /** Ends the session at once. A second end is ignored. */
  end(cause: EndCause): void;
  /** Resolves once, when both sockets have been told; never rejects. */
  readonly ended: Promise<Ending>;
}

/** Starts a session: connects upstream, configures it, and relays until one named cause ends it. Never throws. */
export function startSession(_options: SessionOptions): Session {
  throw new Error('unfinished');
}
