/**
 * One attempt at an intent: run the tool under its hold, write down what came of it, answer.
 */
import { type Deadline } from './deadline';
import { type Deferral, deferralOf } from './deferral/deferral';
import { nextResendMs } from './deferral/next-try';
import { Door, type OrgEndpoint } from './door';
import { type Edge } from './edge';
import { type Hold, storeAway } from './hold';
import { type Intent } from './intent-service';
import { errorFields, type Log } from './log';
import { type Progress } from './progress';
import { boundedDeferral, boundedReply, replyText } from './reply';
import { type ToolReply } from './tool';
import { type CallControl, type CallIds } from './tool-call';
import { isToolFailure, ToolFailure, type ToolFailureStatus } from './tool-failure';
import { deferredResult, failureResult, successResult, type ToldId, type ToolResult } from './tool-result';
import { type Outcome, type Settlement } from './store/store';

/** A valid call on its way. */
export interface Wish extends CallIds {
  readonly intent: Intent;
  readonly endpoint: OrgEndpoint;
  readonly callControl?: CallControl;
  /** Its lines name the call and the intent. */
  readonly log: Log;
}

export interface AttemptOptions {
  readonly hold: Hold;
  readonly progress: Progress;
  readonly edge: Edge;
  /** For the tool and the delivery; what comes later is still recorded. */
  readonly deadline: Deadline;
  /** Longest result, in bytes. */
  readonly maxResultBytes: number;
}

/** Runs the tool and answers what is on record then. Never rejects. */
export async function attempt(wish: Wish, options: AttemptOptions): Promise<ToolResult> {
  const { hold, deadline } = options;
  const door = new Door(wish.intent, wish.endpoint, wish, { hold, deadline, log: wish.log });
  const ending = await run(wish, options, door);
  return ending.kind === 'done'
    ? recordSuccess(wish, hold, door, ending.reply)
    : recordFailure(wish, options, door, ending.failure);
}

/** The id as the tool wants it told. */
export function toldId({ id, action }: Intent): ToldId | undefined {
  const name = action.once?.idName;
  return name === undefined ? undefined : { name, value: id };
}

type Ending =
  { readonly kind: 'done'; readonly reply: ToolReply } | { readonly kind: 'failed'; readonly failure: ToolFailure };

async function run(wish: Wish, { hold, deadline, maxResultBytes }: AttemptOptions, door: Door): Promise<Ending> {
  const { intent, endpoint, callId, sessionId, callControl } = wish;
  try {
    if (intent.tool.effect === 'own') await hold.open();
    const reply = await intent.action.execute({
      orgId: endpoint.org.orgId,
      toolName: intent.tool.name,
      intentId: intent.id,
      signal: deadline.signal,
      deliver: door.deliver,
      deliverEvent: door.deliverEvent,
      ...(callId !== undefined && { callId }),
      ...(sessionId !== undefined && { sessionId }),
      ...(callControl !== undefined && { callControl }),
    });
    // A tool that had nothing to deliver has not opened it yet, and only an open intent can end as done.
    await hold.open();
    return { kind: 'done', reply: boundedReply(reply, toldId(intent), maxResultBytes) };
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error, hold, door, wish.log) };
  }
}

/**
 * What a throw proves. Before the hold was open nothing can have happened; after it everything can, unless the tool says
 * that nothing did and its delivery, if any, does not speak against it.
 */
function failureOf(error: unknown, hold: Hold, door: Door, log: Log): ToolFailure {
  if (!isToolFailure(error)) {
    log.error(errorFields(error), 'Intent failed in its tool');
    return new ToolFailure(hold.isOpen ? 'unknown' : 'not_sent', undefined, { code: 'tool_threw' });
  }
  if (!hold.isOpen && error.status === 'unknown') return new ToolFailure('not_sent', error.reason, error.evidence);
  const mayHaveArrived = door.delivery?.kind === 'accepted' || door.delivery?.kind === 'unknown';
  if (mayHaveArrived && error.status !== 'unknown') {
    return new ToolFailure('unknown', undefined, { ...error.evidence, code: 'failed_after_delivery' });
  }
  return error;
}

async function recordSuccess({ intent, log }: Wish, hold: Hold, door: Door, reply: ToolReply): Promise<ToolResult> {
  const { delivery } = door;
  const isRepeatable = intent.action.once?.repeat !== undefined;
  const outcome: Outcome = {
    code: delivery?.kind ?? 'done',
    ...(delivery?.httpStatus !== undefined && { httpStatus: delivery.httpStatus }),
    ...(delivery?.kind === 'accepted' && delivery.remoteId !== undefined && { remoteId: delivery.remoteId }),
    ...(!isRepeatable && { result: replyText(reply) }),
  };
  if ((await hold.settle({ state: 'ACCEPTED', outcome })) !== undefined) {
    return successResult(reply, toldId(intent), false);
  }
  log.error({}, 'Intent was carried out but could not be recorded');
  return failureResult('unknown', toldId(intent));
}

async function recordFailure(
  wish: Wish,
  options: AttemptOptions,
  door: Door,
  failure: ToolFailure,
): Promise<ToolResult> {
  const { intent, endpoint, log } = wish;
  const { status, evidence } = failure;
  const { hold, progress, edge } = options;
  const reason = failure.reason?.slice(0, maxReasonCharacters);
  log.warn({ status, code: evidence.code, httpStatus: evidence.httpStatus }, 'Intent was not carried out');
  const deferral = status === 'not_sent' ? deferralOrNone(wish, door, edge) : undefined;
  if (deferral !== undefined && progress.beginDeferral()) return recordDeferral(wish, options, failure, deferral);

  const resendMs =
    door.delivery?.kind === 'unknown' && intent.tool.effect === 'webhook'
      ? nextResendMs(endpoint.org.webhook, [], edge)
      : undefined;
  const settlement = settlementOf(failure, resendMs);
  if (evidence.code === storeAway) {
    // The store has been given all the time there is; nothing was sent, and the caller need not wait for the next failure.
    hold.settleLater(settlement);
    return failureResult(status, toldId(intent), reason);
  }
  const isRecorded = (await hold.settle(settlement)) !== undefined;
  if (isRecorded || status === 'unavailable') return failureResult(status, toldId(intent), reason);
  log.error({ status }, 'Intent outcome could not be recorded');
  // Unrecorded, a refusal or a failure before the send will be `unknown` or free again: either way nothing was done.
  return failureResult(status === 'unknown' ? 'unknown' : 'unavailable', toldId(intent));
}

function deferralOrNone({ intent, endpoint, log }: Wish, door: Door, edge: Edge): Deferral | undefined {
  try {
    return deferralOf(intent, endpoint, door, edge);
  } catch (error) {
    log.error(errorFields(error), 'Intent could not be deferred by a fault of its tool');
    return undefined;
  }
}

/** The caller hears of the promise when it is on record, and not before. */
async function recordDeferral(
  { intent, log }: Wish,
  { hold, maxResultBytes }: AttemptOptions,
  failure: ToolFailure,
  { body, retryMs, expiresMs, reply }: Deferral,
): Promise<ToolResult> {
  const id = toldId(intent);
  const outcome = outcomeOf(failure);
  switch (await hold.settle({ state: 'DEFERRED', outcome, body, retryMs, expiresMs })) {
    case 'DEFERRED':
      log.info({ retryMs, expiresMs }, 'Intent is deferred');
      return deferredResult(id, boundedDeferral(reply, id, maxResultBytes));
    case undefined:
      // It is tried again, or may have been kept: nobody can say that nothing will happen.
      log.error({ status: 'deferred' }, 'Intent outcome could not be recorded');
      return failureResult('in_progress', id);
    default:
      return failureResult('not_sent', id);
  }
}

/** Longest sentence of a tool about its failure that the model is told. */
const maxReasonCharacters = 500;

function settlementOf(failure: ToolFailure, retryMs: number | undefined): Settlement {
  const outcome = outcomeOf(failure);
  const state = stateAfter[failure.status];
  if (state !== 'UNKNOWN') return { state, outcome };
  const { body } = failure.evidence;
  return { state, outcome, ...(body !== undefined && { body }), ...(retryMs !== undefined && { retryMs }) };
}

function outcomeOf({ status, evidence: { code = status, httpStatus, remoteId } }: ToolFailure): Outcome {
  return { code, ...(httpStatus !== undefined && { httpStatus }), ...(remoteId !== undefined && { remoteId }) };
}

const stateAfter: Readonly<Record<ToolFailureStatus, Exclude<Settlement['state'], 'DEFERRED'>>> = {
  not_sent: 'NOT_SENT',
  unavailable: 'NOT_SENT',
  not_configured: 'NOT_SENT',
  unavailable_now: 'NOT_SENT',
  rejected: 'REJECTED',
  unknown: 'UNKNOWN',
};
