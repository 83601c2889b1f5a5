import { type JsonObject } from '../json';
import { type SessionLimits } from '../limits';
import { type Effect, type Live } from '../model';
import { type EndCause } from '../protocol/close';
import { relayPrefix } from '../protocol/event-id';
import { failures, type FailureCode } from '../protocol/errors';

/**
 * One step in the making: the next state of a live session and the effects so far. It lives for one step only, so
 * `step` stays a function of its arguments.
 */
export interface Draft {
  live: Live;
  readonly effects: Effect[];
  /** Set when the step ends the session. */
  cause: EndCause | null;
  readonly nowMs: number;
}

/** Changes some members of the state. */
export function set(draft: Draft, change: Partial<Live>): void {
  draft.live = { ...draft.live, ...change };
}

/** A new id for an event of ours, such as `rly_out_3`. */
export function nextId(draft: Draft, purpose: string): string {
  const serial = draft.live.serial + 1;
  set(draft, { serial });
  return `${relayPrefix}${purpose}_${serial}`;
}

/** Sends events to the client, in order. */
export function tellClient(draft: Draft, ...events: readonly JsonObject[]): void {
  for (const event of events) draft.effects.push({ kind: 'send.client', data: JSON.stringify(event) });
}

/** Sends an event upstream. */
export function tellUpstream(draft: Draft, event: JsonObject): void {
  draft.effects.push({ kind: 'send.upstream', data: JSON.stringify(event) });
}

/** Answers the client with an `error` event in the API's own shape (protocol reference, section 6.1). */
export function refuseClient(
  draft: Draft,
  code: FailureCode,
  param: string | null,
  clientEventId: string | null,
): void {
  const type = failures[code].class === 'ignorable' ? 'invalid_request_error' : 'server_error';
  const error = { type, code, message: failures[code].text, param, event_id: clientEventId };
  tellClient(draft, { type: 'error', event_id: nextId(draft, 'err'), error });
}

/** Notes that a limit was reached which does not end the session. */
export function reached(draft: Draft, limit: keyof SessionLimits): void {
  draft.effects.push({ kind: 'limit.reached', limit });
}

/** Ends the session with this step. The first cause counts. */
export function end(draft: Draft, cause: EndCause): void {
  draft.cause ??= cause;
}

/** Notes something for the log; fields hold ids, names, sizes and codes only. */
export function note(draft: Draft, level: 'debug' | 'info' | 'warn', fields: JsonObject, message: string): void {
  draft.effects.push({ kind: 'log', level, fields, message });
}
