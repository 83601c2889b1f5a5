import { type Wish } from './attempt';
import { type CircuitObservation, type DeliveryObservation } from './delivery/delivery';
import { type Alarm, type Ring, TimerAlarm } from './deferral/alarm';
import { Deferrals } from './deferral/deferrals';
import { Redelivery, type RedeliveryObservation, type RedeliveryResult } from './deferral/redelivery';
import { type OrgEndpoint } from './door';
import { type Edge, realEdge } from './edge';
import { observerFailed, openEndpoint, type TakeDeliveryPlace } from './endpoint';
import { defaultRetentionMs, ExecutionService } from './execution-service';
import { type HoldKeeping } from './hold';
import { IntentService } from './intent-service';
import { LateWrites } from './late-writes';
import { harmless, harmlessLog } from './listener';
import { errorFields, type Log, withFields } from './log';
import { type PipelineOrg } from './org';
import { printableName } from './printable';
import { CallCounter, type Observation, type OrgStats, type OrgTally, statsOf, unknownToolLabel } from './stats';
import { type IntentKey, type IntentRecord, type IntentStore } from './store/store';
import { type Tool } from './tool';
import { type ToolCall } from './tool-call';
import { type SessionTool, type ToolRegistry } from './tool-registry';
import { failureResult, outcomeOf, type ToolResult } from './tool-result';

export interface RealtimeHandlerOptions {
  /** Every org that may call; none may be named twice. */
  readonly orgs: Iterable<PipelineOrg>;
  readonly tools: ToolRegistry;
  /** Stays the caller's to sweep and to close. */
  readonly store: IntentStore;
  /** A line at which it throws is lost, and nothing but that. */
  readonly log: Log;
  /** How long finished records are kept, in milliseconds. Default 30 days. */
  readonly retentionMs?: number;
  /** Where several processes deliver to the same webhooks: bounds them together. Left out: each is bounded by itself. */
  readonly takeDeliveryPlace?: TakeDeliveryPlace;
  /** Told of every answered call, for metrics. That it throws is logged, and changes nothing. */
  readonly observe?: (observation: Observation) => void;
  /** Told of every delivery to a webhook that has ended, for metrics. That it throws is logged, and changes nothing. */
  readonly observeDelivery?: (observation: DeliveryObservation) => void;
  /** Told when a webhook is given a rest, and when it is over, for metrics. That it throws is logged, and changes nothing. */
  readonly observeCircuit?: (observation: CircuitObservation) => void;
  /** Told of every delivery without a caller that has ended, for metrics. That it throws is logged, and changes nothing. */
  readonly observeRedelivery?: (observation: RedeliveryObservation) => void;
  /** Makes the alarm clock for what is put off; see `openAlarm`. Default: timers of this process. */
  readonly alarm?: (ring: Ring) => Alarm;
  /** Clock and randomness. Default: the machine's. */
  readonly edge?: Edge;
}

/** A call whose arguments have been looked at and which has had no effect yet. */
export interface PreparedCall {
  /** Has the effect and answers; called again, it answers the same and has no further effect. Never rejects. */
  execute(): Promise<ToolResult>;
}

/**
 * The one entry to the pipeline: a tool call in, a result out that the model can speak to.
 *
 * Whatever happens, a call is answered within its org's deadline, and an intent is sent at most once.
 */
export class RealtimeHandler {
  readonly #tools: ToolRegistry;
  readonly #endpoints = new Map<string, OrgEndpoint & { readonly counter: CallCounter }>();
  readonly #intents: IntentService;
  readonly #execution: ExecutionService;
  readonly #lateWrites: LateWrites;
  readonly #redelivery: Redelivery;
  readonly #deferrals: Deferrals;
  readonly #log: Log;
  readonly #edge: Edge;
  readonly #observe: (observation: Observation) => void;

  /** @throws TypeError that names the org and the wrong setting, without its value. */
  constructor(options: RealtimeHandlerOptions) {
    const { orgs, tools, store, log, edge = realEdge } = options;
    this.#tools = tools;
    this.#log = harmlessLog(log);
    this.#edge = edge;
    this.#observe = harmless(options.observe ?? (() => undefined), this.#log, observerFailed);
    this.#intents = new IntentService(edge);
    for (const org of orgs) {
      if (this.#endpoints.has(org.orgId)) throw new TypeError(`There are two orgs named ${org.orgId}.`);
      const endpoint = openEndpoint(org, { ...options, edge, log: this.#log });
      this.#endpoints.set(org.orgId, { ...endpoint, counter: new CallCounter(org.orgId, store.kind) });
    }
    this.#lateWrites = new LateWrites(edge, this.#log);
    const keeping: HoldKeeping = {
      store,
      lateWrites: this.#lateWrites,
      retentionMs: options.retentionMs ?? defaultRetentionMs,
      onKept: (record) => this.#deferrals.kept(record),
    };
    this.#execution = new ExecutionService({ keeping, edge });
    this.#redelivery = new Redelivery({
      keeping,
      edge,
      endpointOf: (orgId) => this.#endpoints.get(orgId),
      log: this.#log,
      observe: harmless(options.observeRedelivery ?? (() => undefined), this.#log, observerFailed),
    });
    this.#deferrals = new Deferrals({
      redelivery: this.#redelivery,
      edge,
      log: this.#log,
      placesOf: (orgId) => this.#endpoints.get(orgId)?.org.webhook?.maxConcurrent,
      alarm: options.alarm ?? ((ring) => new TimerAlarm(ring, edge)),
    });
  }

  /** Prepares and executes. Never rejects. */
  handleToolCall(call: ToolCall): Promise<ToolResult> {
    return this.prepare(call).execute();
  }

  /** Looks at a call: finds the tool, validates the arguments, makes the identity. Has no effect and never throws. */
  prepare(call: ToolCall): PreparedCall {
    const log = withFields(this.#log, idsOf(call));
    log.info({}, 'Execute intent request');
    const plan = this.#plan(call, log);
    let result: Promise<ToolResult> | undefined;
    return { execute: () => (result ??= this.#execute(call, plan, log)) };
  }

  /** Whether the org has the tool; HTTP answers 404 where it has not. */
  hasTool(orgId: string, toolName: string): boolean {
    return this.#toolOf(this.#endpoints.get(orgId), toolName) !== undefined;
  }

  /** What a session of the org declares to the model. Empty for an unknown org. */
  sessionTools(orgId: string): readonly SessionTool[] {
    return this.#tools.sessionTools(this.#endpoints.get(orgId)?.org.tools ?? []);
  }

  /** The org's counts since the start; undefined for an unknown org. */
  stats(orgId: string): OrgStats | undefined {
    const tally = this.tally(orgId);
    return tally && statsOf([tally]);
  }

  /** The same, to be added to what other processes have counted. */
  tally(orgId: string): OrgTally | undefined {
    return this.#endpoints.get(orgId)?.counter.tally();
  }

  /** Sends what was kept of an intent, now; see `Redelivery.redeliver`. */
  redeliver(key: IntentKey, fence: number, by: 'worker' | 'operator'): Promise<RedeliveryResult> {
    return this.#redelivery.redeliver(key, fence, by);
  }

  /** What a sweep of the store has found due is sent in the background, each once whoever else is told of it. */
  deliverDue(records: readonly IntentRecord[]): void {
    this.#deferrals.due(records);
  }

  /**
   * Tries to write outcomes that the store could not take before. To be called before a sweep, which would take sends
   * whose outcome is not on record for lost ones. Never rejects.
   */
  recordLate(): Promise<void> {
    return this.#lateWrites.flush();
  }

  /** From now on calls that would run a tool are answered `unavailable_now`; what runs goes on and is recorded. */
  drain(): void {
    this.#execution.drain();
    this.#deferrals.drain();
    this.#redelivery.drain();
  }

  /** Resolves when everything that runs is recorded; where the store cannot take it, at most `lateWriteMs` later. */
  async idle(): Promise<void> {
    await Promise.all([this.#execution.idle(), this.#redelivery.idle()]);
    await this.#lateWrites.idle(lateWriteMs);
  }

  /** Forgets what is held in front of the store of an intent; for whoever changes its record. */
  forget(key: IntentKey): void {
    this.#execution.forget(key);
  }

  /** Closes the connections to all webhooks; what is still being sent is cut off. Wait for `idle` before. */
  async close(): Promise<void> {
    await Promise.all([this.#deferrals.close(), this.#lateWrites.stop()]);
    const webhooks = [...this.#endpoints.values()].flatMap(({ webhook }) => webhook ?? []);
    await Promise.all(webhooks.map((webhook) => webhook.close()));
  }

  #plan(call: ToolCall, log: Log): Plan {
    const endpoint = this.#endpoints.get(call.orgId);
    const tool = this.#toolOf(endpoint, call.toolName);
    if (endpoint === undefined || tool === undefined) return answer(failureResult('unknown_tool'));
    try {
      const understanding = this.#intents.understand(tool, call, endpoint.org.limits, log);
      if (understanding.kind === 'refused') return answer(understanding.result);
      const { intent } = understanding;
      const wish = { ...call, intent, endpoint, log: withFields(log, { intentId: intent.id }) };
      return { kind: 'execute', wish };
    } catch (error) {
      log.error(errorFields(error), 'Intent could not be validated by a fault of the program');
      return answer(failureResult('unavailable'));
    }
  }

  async #execute(call: ToolCall, plan: Plan, log: Log): Promise<ToolResult> {
    const endpoint = this.#endpoints.get(call.orgId);
    const startedMs = this.#edge.monotonicMs();
    endpoint?.counter.began();
    const result = plan.kind === 'answer' ? plan.result : await this.#execution.execute(plan.wish);

    const tool = this.#toolOf(endpoint, call.toolName)?.name ?? unknownToolLabel;
    const outcome = outcomeOf(result);
    const durationMs = this.#edge.monotonicMs() - startedMs;
    const observation = { orgId: call.orgId, tool, outcome, durationMs };
    endpoint?.counter.ended(observation);
    this.#observe(observation);
    const resultLog = plan.kind === 'execute' ? plan.wish.log : log;
    resultLog.info({ outcome, durationMs: Math.round(durationMs) }, 'Execute intent result');
    return result;
  }

  #toolOf(endpoint: OrgEndpoint | undefined, name: string): Tool | undefined {
    return endpoint?.org.tools.includes(name) === true ? this.#tools.get(name) : undefined;
  }
}

/** How long a store that fails is given to take what came of the last calls, in milliseconds. */
const lateWriteMs = 2_000;

/** What is left to do for a call: nothing but to answer, or to execute. */
type Plan =
  { readonly kind: 'answer'; readonly result: ToolResult } | { readonly kind: 'execute'; readonly wish: Wish };

function answer(result: ToolResult): Plan {
  return { kind: 'answer', result };
}

/**
 * What every log line of a call carries: the part of the program, by which all its lines are found, and the call's ids,
 * those from outside cut to a printable length.
 */
function idsOf({ orgId, toolName, callId, sessionId }: ToolCall): object {
  return {
    part: 'execute-intent',
    orgId: printableName(orgId),
    toolName: printableName(toolName),
    ...(callId !== undefined && { callId: printableName(callId) }),
    ...(sessionId !== undefined && { sessionId }),
  };
}
