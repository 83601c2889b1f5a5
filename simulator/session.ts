import { createItem, deleteItem, retrieveItem, truncateItem } from './items';
import * as events from './protocol/events';
import { type Refusal, refuse } from './protocol/refusal';
import { Responses } from './response/responses';
import type { Stage } from './stage';
import { applyUpdate } from './update';
import { UserTurns } from './user-turns';
import { type ClientEvent, judgeFrame } from './validate/client-event';

/**
 * One Realtime session: frames in, events out through its stage. It knows nothing of sockets, and every client event ends
 * either in the events OpenAI would answer with or in one error event.
 */
export class Session {
  private readonly responses: Responses;
  private readonly turns: UserTurns;

  constructor(private readonly stage: Stage) {
    this.responses = new Responses(stage);
    this.turns = new UserTurns(stage, this.responses);
  }

  /** Sends `session.created`, the first event of every session. */
  open(): void {
    this.stage.emit(events.sessionCreated(this.stage.settings));
  }

  /**
   * Takes one text frame.
   * @param record is told what was in it before anything is answered.
   */
  receive(text: string, record: (seen: unknown) => void): void {
    const judged = judgeFrame(text);
    record(judged.seen);
    if (!judged.ok) {
      this.stage.reportError(judged.refusal, judged.eventId);
      return;
    }
    const { event } = judged;
    const refusal = this.handle(event);
    if (refusal === undefined) this.responses.notice({ event: event.type });
    else this.stage.reportError(refusal, this.hidesEventId(event) ? null : (event.event_id ?? null));
  }

  /** Binary frames mean nothing in this protocol. */
  receiveBinary(): void {
    this.stage.reportError(refuse('invalid_event', 'Events must be text frames holding one JSON object.'), null);
  }

  /** Lets responses go on that wait for a release. */
  release(): void {
    this.responses.notice('release');
  }

  /** The connection is gone: nothing more is said. */
  end(): void {
    this.responses.abandon();
  }

  private handle(event: ClientEvent): Refusal | undefined {
    switch (event.type) {
      case 'session.update':
        return this.update(event);
      case 'input_audio_buffer.append':
        return this.turns.append(event.audio);
      case 'input_audio_buffer.commit':
        return this.turns.commit();
      case 'input_audio_buffer.clear':
        this.turns.clear();
        return undefined;
      case 'output_audio_buffer.clear':
        return refuse('invalid_event', 'output_audio_buffer.clear is for WebRTC and SIP sessions only.', 'type');
      case 'conversation.item.create':
        return createItem(this.stage, event);
      case 'conversation.item.retrieve':
        return retrieveItem(this.stage, event);
      case 'conversation.item.truncate':
        return truncateItem(this.stage, event);
      case 'conversation.item.delete':
        return deleteItem(this.stage, event);
      case 'response.create':
        return this.responses.create(event.response ?? {});
      case 'response.cancel':
        return this.responses.cancel(event.response_id ?? undefined);
    }
  }

  /** A fault that some servers have: the error does not name the event it answers. */
  private hidesEventId({ type }: ClientEvent): boolean {
    return type === 'response.create' && this.stage.faults().refuseResponseCreate?.echoEventId === false;
  }

  private update({ session }: Extract<ClientEvent, { type: 'session.update' }>): Refusal | undefined {
    const { stage } = this;
    const fault = stage.faults().sessionUpdate;
    if (fault === 'ignore') return undefined;
    if (fault === 'refuse') return refuse('invalid_value', 'This session refuses every update.', 'session');
    const before = stage.settings;
    const applied = applyUpdate(before, session, {
      hasSpoken: stage.hasSpoken,
      responseActive: this.responses.isActive,
      dialect: stage.dialect,
      deployments: stage.deployments,
    });
    if (!applied.ok) return applied.refusal;
    stage.settings = applied.value;
    this.turns.settingsChanged(before);
    stage.emit(events.sessionUpdated(stage.settings));
    return undefined;
  }
}
