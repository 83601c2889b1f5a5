import { toldId, type Wish } from './attempt';
import { boundedDeferral, boundedReply, replyFrom } from './reply';
import { type IntentRecord, type Kept } from './store/store';
import { deferredResult, failureResult, successResult, type ToolResult } from './tool-result';

/** What the record of an earlier call answers to an equal one; undefined while that call may still end well. */
export function resultOf(
  record: IntentRecord,
  { intent, endpoint }: Pick<Wish, 'intent' | 'endpoint'>,
): ToolResult | undefined {
  const id = toldId(intent);
  switch (record.state) {
    case 'ACCEPTED':
    case 'CONFIRMED': {
      const reply = intent.action.once?.repeat?.() ?? replyFrom(record.outcome.result);
      return successResult(boundedReply(reply, id, endpoint.org.limits.toolOutputBytes), id, true);
    }
    case 'FAILED_LATER':
      return failureResult('rejected', id, 'The request was taken at first, but failed later.');
    case 'REJECTED':
      return failureResult('rejected', id);
    case 'UNKNOWN':
    case 'DEFERRED':
      return keptResult(record.state, { intent, endpoint });
    case 'RESERVED':
    case 'SENDING':
      // What is being sent without a caller is still what its caller was told.
      return record.kept && keptResult(record.kept.state, { intent, endpoint });
    case 'NOT_SENT':
      return undefined;
  }
}

function keptResult(state: Kept['state'], { intent, endpoint }: Pick<Wish, 'intent' | 'endpoint'>): ToolResult {
  const id = toldId(intent);
  if (state === 'UNKNOWN') return failureResult('unknown', id);
  const reply = intent.action.once?.deferred?.();
  return deferredResult(id, reply && boundedDeferral(reply, id, endpoint.org.limits.toolOutputBytes));
}
