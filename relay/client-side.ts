import { type SessionLimits } from './limits';
import { type SessionEvent } from './model';
import { type SessionLog } from './session-log';

/**
 * The client's side of a session: a socket that speaks the Realtime protocol, or a gateway in front of one that does
 * not. It is sent what the client may see, and reports what the client says in the same protocol.
 */
export interface ClientSide {
  /** When the last message came, or this side was opened, on the clock of `performance.now()`. */
  readonly lastMessage: number;
  /** True for a side that reports `client.heard`, so that the end of a goodbye need not be reckoned. */
  readonly confirmsHeard: boolean;
  /** Takes one message of the Realtime protocol. */
  send(data: Buffer | string): void;
  /** Stops reading for a reason; ends when every reason has been resumed. */
  pause(reason: string): void;
  resume(reason: string): void;
  /** Closes what there is to close, and lets go of it; what is still reported counts for nothing. */
  release(code: number, reason: string): void;
}

/** What the client's side may make happen. */
export type ClientReport = Extract<SessionEvent, { kind: 'client.frame' | 'client.closed' | 'client.heard' | 'end' }>;

/** What the client's side is given by the session it belongs to. */
export interface ClientSideOptions {
  readonly limits: SessionLimits;
  readonly log: SessionLog;
  readonly report: (event: ClientReport) => void;
  /** More is waiting to be sent than `bufferHighBytes` (true), or it has drained to half of that (false). */
  readonly onPressure: (isHigh: boolean) => void;
}

/** Opens the client's side; called once, at the start of the session. */
export type OpenClientSide = (options: ClientSideOptions) => ClientSide;
