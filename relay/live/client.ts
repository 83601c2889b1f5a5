import { parseObject, type JsonObject } from '../json';
import { type SessionEvent } from '../model';
import { judge, type Verdict } from '../policy/from-client';
import { isPlainAppend } from '../protocol/append';
import { nextId, refuseClient, set, tellClient, tellUpstream, type Draft } from './draft';
import { giveUpFollowUps, queueAsk } from './responses';
import { cancelGoodbye } from './tools';

type ClientFrame = Extract<SessionEvent, { kind: 'client.frame' }>;

/** True for audio that goes up as it came: the hot path, decided without a parse. */
export function passesUp({ frame, isBinary }: ClientFrame): boolean {
  return !isBinary && isPlainAppend(frame);
}

/** Takes any other frame of the client, as the policy says. */
export function handleClientFrame(draft: Draft, { frame, isBinary }: ClientFrame): void {
  const value = isBinary ? undefined : parseObject(frame);
  if (value === undefined) refuseClient(draft, isBinary ? 'invalid_event' : 'invalid_json', null, null);
  else carryOut(draft, judge(value, draft.live.history));
}

function carryOut(draft: Draft, verdict: Verdict): void {
  switch (verdict.kind) {
    case 'forward':
      tellUpstream(draft, verdict.event);
      return;
    case 'say':
      if (verdict.byUser) beginTurn(draft);
      tellUpstream(draft, verdict.event);
      return;
    case 'acknowledge':
      tellClient(draft, { type: 'session.updated', event_id: nextId(draft, 'ev'), session: draft.live.session });
      return;
    case 'ask':
      cancelGoodbye(draft);
      queueAsk(draft, verdict.response, verdict.clientEventId);
      return;
    case 'cancel':
      cancel(draft, verdict.event, verdict.responseId);
      return;
    case 'refuse':
      refuseClient(draft, verdict.code, verdict.param, verdict.clientEventId);
  }
}

/** The user has written something: a new turn, as when speaking. */
function beginTurn(draft: Draft): void {
  set(draft, { queue: { ...draft.live.queue, followUpsInTurn: 0 } });
  cancelGoodbye(draft);
}

/**
 * The client wants silence: creates that wait are dropped, running tools are left to finish without a reply, and what
 * was kept back is shown as ended (protocol reference, section 4.6).
 */
function cancel(draft: Draft, event: JsonObject, responseId: string | null): void {
  const { slot, waiting } = draft.live.queue;
  const active = slot.name === 'active' ? slot.responseId : null;
  if (responseId !== null && responseId !== active) {
    tellUpstream(draft, event);
    return;
  }
  for (const { clientEventId } of waiting) {
    refuseClient(draft, 'conversation_already_has_active_response', null, clientEventId);
  }
  set(draft, { queue: { ...draft.live.queue, waiting: [] } });
  const hadWork = draft.live.rounds.rounds.length > 0;
  giveUpFollowUps(draft);
  // With nothing but our own work to cancel upstream has no active response, and its complaint would puzzle the client.
  if (slot.name !== 'free' || !hadWork) tellUpstream(draft, event);
}
