/** The pipeline: one tool call in, executed once, one result out. */
export { type Alarm, type Ring } from './deferral/alarm';
export { openAlarm, type OpenAlarmOptions } from './deferral/open-alarm';
export { type RedeliveryObservation, type RedeliveryResult } from './deferral/redelivery';
export { type BreakerSettings, type CircuitState, defaultBreaker } from './delivery/circuit-breaker';
export {
  type CircuitObservation,
  type Delivered,
  type Delivery,
  type DeliveryObservation,
  type NotSent,
} from './delivery/delivery';
export { exchange, type Exchange, type ExchangeRequest } from './delivery/exchange';
export { type Reach, reachOf } from './delivery/reach';
export { signatureHeaders, signingKey } from './delivery/signature';
export { type UrlAllowance, urlFault } from './delivery/url-policy';
export { webhookFault } from './delivery/webhook-settings';
export { type Edge, realEdge } from './edge';
export { defaultRetentionMs, rejectedCooldownMs } from './execution-service';
export { fingerprint, intentId } from './intent';
export { type Json, type JsonObject } from './json';
export { type LatencySummary } from './latencies';
export { defaultPipelineLimits, type PipelineLimits } from './limits';
export { errorName, errorPlaces, type Log, silentLog } from './log';
export { type Attempt, attemptsOf } from './operator/attempts';
export { type ChangeMaker, type IntentChange } from './operator/audit';
export {
  type Asked,
  type ChangeAnswer,
  type OperatorOptions,
  OperatorService,
  type ResendAnswer,
} from './operator/operator-service';
export { isInFlight, type OperatorAction, operatorActions, possibleActions } from './operator/possible';
export {
  defaultDeadlineMs,
  defaultDeferMaxAgeMs,
  defaultMaxConcurrent,
  type PipelineOrg,
  type PipelineWebhook,
} from './org';
export { escapeUnprintable } from './printable';
export { type PreparedCall, RealtimeHandler, type RealtimeHandlerOptions } from './realtime-handler';
export { type Observation, type OrgStats, type OrgTally, pastTallies, statsOf, unknownToolLabel } from './stats';
export { openStore, type OpenStoreOptions, storeName } from './store/open';
export { defaultRedisTimeoutMs } from './store/redis';
export { isRedisUrl, redisUrlFault } from './store/redis/address';
export { tagOf } from './store/redis/keys';
export { openSharedRedis, type SharedRedis } from './store/redis/open-link';
export { script, type Script } from './store/redis/script';
export {
  type IntentCounts,
  IntentCursorError,
  type IntentKey,
  type IntentPage,
  type IntentQuery,
  type IntentRecord,
  type IntentState,
  intentStates,
  type IntentStore,
  type Mover,
  type ResolvedState,
  type Step,
  StoreOpenError,
  type StoreOpenCode,
  StoreUnavailableError,
  type UnavailableReason,
  type Sweep,
  type SweepReport,
} from './store/store';
export { defineTool, type Once, type Tool, type ToolContext, type ToolDefinition, type ToolReply } from './tool';
export { type CallControl, type CallIds, type ToolCall } from './tool-call';
export { type FailureEvidence, isToolFailure, ToolFailure, type ToolFailureStatus } from './tool-failure';
export { type SessionTool, ToolRegistry } from './tool-registry';
export {
  type DeferredResult,
  type FailureResult,
  type FailureStatus,
  failureStatuses,
  type InvalidResult,
  outcomeOf,
  type SuccessResult,
  type ToolOutcome,
  type ToolResult,
  toolResultSchema,
  toWire,
} from './tool-result';
export { builtInTools, completeIntake, createAppointment, endCall, escalateCall } from './tools';
