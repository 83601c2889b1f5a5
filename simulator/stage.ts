import type { Conversation } from './conversation';
import type { Dialect } from './dialect';
import type { Faults } from './faults';
import type { Model } from './model/model';
import type { Pace } from './pace';
import type { IdSource } from './protocol/ids';
import type { Refusal } from './protocol/refusal';
import type { SessionObject } from './protocol/session-object';
import type { AnyEvent, ServerBody } from './protocol/wire';
import type { Quirks } from './scenario/schema';

/** The words of spoken turns, as nothing here can understand speech. */
export interface Hearing {
  /** Takes the words of the next audio turn. */
  next(): string;
}

/** What the parts of a session share. */
export interface Stage {
  readonly ids: IdSource;
  readonly dialect: Dialect;
  /** The models that exist, where they are named. */
  readonly deployments: readonly string[] | undefined;
  readonly model: Model;
  readonly hearing: Hearing;
  readonly pace: Pace;
  readonly quirks: Quirks;
  readonly faults: () => Faults;
  readonly now: () => Date;
  readonly conversationId: string;
  readonly conversation: Conversation;
  /** The session as it is configured now. */
  settings: SessionObject;
  /** The model has produced audio, so its voice is fixed. */
  hasSpoken: boolean;
  /** Sends an event of the protocol. */
  emit(body: ServerBody): void;
  /** Sends any event at all, as it stands but with an `event_id`. */
  emitRaw(event: AnyEvent): void;
  /** Sends an error event; `clientEventId` is that of the event which caused it. */
  reportError(refusal: Refusal, clientEventId: string | null): void;
  close(code: number, reason: string): void;
  /** Cuts the connection without a close frame. */
  drop(): void;
}
