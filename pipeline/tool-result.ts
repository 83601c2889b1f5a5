/**
 * What a tool call is answered, to the model and over HTTP alike. Keys stand in the order in which they are sent.
 */
import { z } from 'zod';
import { adviceFor } from './failure-advice';
import { type JsonObject } from './json';
import { type ToolReply } from './tool';

/** Every way in which a call with valid arguments can fail. */
export const failureStatuses = [
  'not_sent',
  'unavailable',
  'unknown',
  'rejected',
  'in_progress',
  'conflict',
  'unknown_tool',
  'not_configured',
  'unavailable_now',
] as const;

export type FailureStatus = (typeof failureStatuses)[number];

/**
 * It was done: now, or (`is_duplicate`) by an equal call before. `appointment_id` and `email_sent` belong to
 * `create_appointment`; other tools add facts of their own. `endSession` is for the relay alone; `toWire` removes it.
 */
const successResultSchema = z
  .object({
    success: z.literal(true),
    message: z.string(),
    appointment_id: z.string().exactOptional(),
    email_sent: z.boolean().exactOptional(),
    is_duplicate: z.boolean(),
    endSession: z.literal(true).exactOptional(),
  })
  .catchall(z.json());

/** It is kept and will be delivered later. */
const deferredResultSchema = z
  .object({ success: z.literal(true), status: z.literal('deferred'), message: z.string(), is_duplicate: z.boolean() })
  .catchall(z.json());

/** The arguments were refused. The only result without a status, and always in exactly these four members. */
const invalidResultSchema = z.strictObject({
  success: z.literal(false),
  error: z.string(),
  should_retry: z.literal(true),
  clarification: z.string(),
});

/** It failed, or may have. `appointment_id` (or the tool's own name for its id) once it is known. */
const failureResultSchema = z
  .object({
    success: z.literal(false),
    status: z.enum(failureStatuses),
    error: z.string(),
    should_retry: z.boolean(),
    clarification: z.string(),
    appointment_id: z.string().exactOptional(),
  })
  .catchall(z.json());

/** Every answer there is. */
export const toolResultSchema = z.union([
  invalidResultSchema,
  failureResultSchema,
  deferredResultSchema,
  successResultSchema,
]);

export type SuccessResult = z.infer<typeof successResultSchema>;
export type DeferredResult = z.infer<typeof deferredResultSchema>;
export type InvalidResult = z.infer<typeof invalidResultSchema>;
export type FailureResult = z.infer<typeof failureResultSchema>;
export type ToolResult = SuccessResult | DeferredResult | InvalidResult | FailureResult;

/** The name of a result, for counts and logs. */
export type ToolOutcome = 'success' | 'duplicate' | 'deferred' | 'invalid' | FailureStatus;

/** The intent id under the name that the tool gives it; undefined where the tool tells none. */
export interface ToldId {
  readonly name: string;
  readonly value: string;
}

/** Success; facts that would replace one of the result's own members are left out. */
export function successResult(reply: ToolReply, id: ToldId | undefined, isDuplicate: boolean): SuccessResult {
  return {
    success: true,
    message: reply.message,
    ...told(id),
    ...withoutReserved(reply.facts ?? {}),
    is_duplicate: isDuplicate,
    ...(reply.endSession === undefined ? {} : { endSession: reply.endSession }),
  };
}

/** Kept for later delivery. */
export function deferredResult(id: ToldId | undefined, reply: ToolReply = noted): DeferredResult {
  return {
    success: true,
    status: 'deferred',
    message: reply.message,
    ...told(id),
    ...withoutReserved(reply.facts ?? {}),
    is_duplicate: false,
  };
}

const noted: ToolReply = { message: 'Your request is noted and will be carried out later.' };

/** Arguments refused; `fault` is a sentence without a full stop that names field, rule and what was received. */
export function invalidResult(toolName: string, fault: string): InvalidResult {
  const ask = 'Please ask the user to provide the missing or correct information.';
  return {
    success: false,
    error: fault,
    should_retry: true,
    clarification: `VALIDATION_FAILED: Cannot ${toolName.replaceAll('_', ' ')}. ${fault}. ${ask}`,
  };
}

/** Failure; `reason` is a sentence that replaces the status's own. */
export function failureResult(status: FailureStatus, id?: ToldId, reason?: string): FailureResult {
  const { error, advice, shouldRetry } = adviceFor(status);
  return {
    success: false,
    status,
    error: reason ?? error,
    should_retry: shouldRetry,
    clarification: `EXECUTION_${status.toUpperCase()}: ${reason ?? error} ${advice}`,
    ...told(id),
  };
}

/** The same result, answered to a call that equals an earlier one. */
export function asDuplicate(result: ToolResult): ToolResult {
  return isSuccess(result) ? { ...result, is_duplicate: true } : result;
}

/** What the model and HTTP clients see: the result without what is for the relay alone. */
export function toWire(result: ToolResult): JsonObject {
  return Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'endSession'));
}

/** The name of a result. */
export function outcomeOf(result: ToolResult): ToolOutcome {
  if (!result.success) return isFailure(result) ? result.status : 'invalid';
  if (!isSuccess(result)) return 'deferred';
  return result.is_duplicate ? 'duplicate' : 'success';
}

function isSuccess(result: ToolResult): result is SuccessResult {
  return result.success && !('status' in result);
}

function isFailure(result: InvalidResult | FailureResult): result is FailureResult {
  return 'status' in result;
}

function told(id: ToldId | undefined): Record<string, string> {
  return id === undefined ? {} : { [id.name]: id.value };
}

const reservedMembers = new Set([
  'success',
  'status',
  'message',
  'is_duplicate',
  'endSession',
  'should_retry',
  'error',
]);

function withoutReserved(facts: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !reservedMembers.has(name)));
}
