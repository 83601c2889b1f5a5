import type { WebSocket } from 'ws';
import { Conversation } from './conversation';
import { type CredentialPlace, type Dialect, inDialect } from './dialect';
import type { Faults } from './faults';
import { Journal, type JournalEntry, type Match, type WaitOptions } from './journal';
import type { Model } from './model/model';
import { Outbox } from './outbox';
import type { Pace } from './pace';
import { errorEvent, stamp } from './protocol/events';
import type { IdSource } from './protocol/ids';
import { type Refusal, refuse } from './protocol/refusal';
import { newSession, type SessionObject } from './protocol/session-object';
import type { AnyEvent } from './protocol/wire';
import type { Quirks } from './scenario/schema';
import { Session } from './session';
import type { Hearing, Stage } from './stage';

export interface SocketSessionSetup {
  readonly socket: WebSocket;
  readonly model: string;
  readonly credentialIn: CredentialPlace;
  readonly dialect: Dialect;
  /** The models that exist, where they are named. */
  readonly deployments: readonly string[] | undefined;
  readonly mind: Model;
  /** The words of coming audio turns; the session takes from its own copy. */
  readonly heard: readonly string[];
  readonly defaultHeard: string;
  readonly quirks: Quirks;
  readonly ids: IdSource;
  readonly pace: Pace;
  readonly faults: () => Faults;
  readonly sessionMaxMs: number;
  readonly journalEntries: number;
  readonly now: () => Date;
}

/** How a connection ended, as far as this side knows. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** One session on one socket, and a test's handle on it. */
export class SocketSession {
  readonly id: string;
  /** Everything received and sent. */
  readonly journal: Journal;
  private readonly stage: Stage & { settings: SessionObject };
  private readonly session: Session;
  private readonly outbox: Outbox;
  private readonly heard: string[];
  private readonly expiry: NodeJS.Timeout;
  private closing: Closing | undefined;

  constructor(private readonly setup: SocketSessionSetup) {
    const { socket, ids, now, sessionMaxMs } = setup;
    const expiresAt = Math.floor((now().getTime() + sessionMaxMs) / 1000);
    this.id = ids.next('sess');
    this.journal = new Journal(setup.journalEntries);
    this.heard = [...setup.heard];
    this.outbox = new Outbox(socket, setup.faults);
    this.stage = this.makeStage(newSession(this.id, setup.model, expiresAt));
    this.session = new Session(this.stage);
    this.expiry = setTimeout(() => this.expire(), sessionMaxMs);
    this.expiry.unref();
    socket.on('message', (data: Buffer, isBinary) => this.receive(data, isBinary));
    socket.on('close', (code, reason) => this.closed({ code, reason: reason.toString() }));
    // A protocol error is followed by `close`; without a listener it would end the process.
    socket.on('error', () => undefined);
    this.session.open();
  }

  /** Where the client's credential was. */
  get credentialIn(): CredentialPlace {
    return this.setup.credentialIn;
  }

  /** The session object as it is configured now. */
  get settings(): SessionObject {
    return structuredClone(this.stage.settings);
  }

  /** The items of the default conversation now, in order. */
  get items(): readonly { readonly id: string; readonly type: string }[] {
    return this.stage.conversation.snapshot().map(({ item }) => item);
  }

  /** How the connection ended; `undefined` while it is open. */
  get closedWith(): Closing | undefined {
    return this.closing;
  }

  /** Every event received from the client, oldest first. */
  get received(): readonly unknown[] {
    return this.eventsOf('received');
  }

  /** Every event sent to the client, oldest first. */
  get sent(): readonly unknown[] {
    return this.eventsOf('sent');
  }

  /** Waits for a sent event of a type, or for any entry a function accepts; see `Journal.waitFor`. */
  waitFor(match: Match, options?: WaitOptions): Promise<JournalEntry> {
    return this.journal.waitFor(match, options);
  }

  /** Waits for an event from the client. */
  waitForReceived(type: string, options?: WaitOptions): Promise<JournalEntry> {
    return this.journal.waitFor((entry) => entry.direction === 'received' && entry.type === type, options);
  }

  /** Sends any event at all, now. It gets an `event_id` if it has none. */
  inject(event: AnyEvent): void {
    this.stage.emitRaw(event);
  }

  /** Sends a frame as it is, be it JSON or not. */
  injectFrame(frame: string | Buffer): void {
    this.outbox.send(frame);
  }

  /** Says what the next audio turn will have been. */
  hear(words: string): void {
    this.heard.push(words);
  }

  /** Lets a response go on that waits in `wait_for: "release"`. */
  release(): void {
    this.session.release();
  }

  /** Closes the connection with a close frame. */
  close(code = 1000, reason = ''): void {
    this.outbox.close(code, reason);
  }

  /** Cuts the connection without one. */
  drop(): void {
    this.setup.socket.terminate();
  }

  private makeStage(settings: SessionObject): Stage {
    const { ids, dialect, deployments, mind, pace, quirks, faults, now } = this.setup;
    const hearing: Hearing = { next: () => this.heard.shift() ?? this.setup.defaultHeard };
    return {
      ids,
      dialect,
      deployments,
      model: mind,
      hearing,
      pace,
      quirks,
      faults,
      now,
      conversationId: ids.next('conv'),
      conversation: new Conversation(),
      settings,
      hasSpoken: false,
      emit: (body) => this.emit(inDialect(body, dialect)),
      emitRaw: (event) => this.emit(event),
      reportError: (refusal, clientEventId) => this.reportError(refusal, clientEventId),
      close: (code, reason) => this.close(code, reason),
      drop: () => this.drop(),
    };
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      this.session.receive(data.toString(), (seen) => this.journal.record('received', seen));
      return;
    }
    this.journal.record('received', data);
    this.session.receiveBinary();
  }

  private emit({ event_id: given, ...body }: { readonly type: string; readonly event_id?: unknown }): void {
    if (this.closing !== undefined) return;
    const stamped = stamp(body, typeof given === 'string' ? given : this.setup.ids.next('event'));
    const { event_id: eventId, ...rest } = stamped;
    const event = this.setup.quirks.event_id_first ? { event_id: eventId, ...rest } : stamped;
    this.journal.record('sent', event);
    this.outbox.send(JSON.stringify(event));
  }

  private reportError(refusal: Refusal, clientEventId: string | null): void {
    this.emit(errorEvent(refusal, clientEventId));
  }

  private expire(): void {
    const minutes = Math.round(this.setup.sessionMaxMs / 60_000);
    const message = `Your session hit the maximum duration of ${minutes} minutes.`;
    this.reportError(refuse('session_expired', message), null);
    this.close(1001, message);
  }

  private closed(closing: Closing): void {
    this.closing = closing;
    clearTimeout(this.expiry);
    this.session.end();
    this.outbox.end();
    this.journal.end();
  }

  private eventsOf(direction: JournalEntry['direction']): readonly unknown[] {
    return this.journal.entries.filter((entry) => entry.direction === direction).map(({ event }) => event);
  }
}
