import type { Dialect } from '../dialect';
import { type Refusal, refuse } from '../protocol/refusal';
import { isReasoningModel, type Tool, type ToolChoice, type Voice } from '../protocol/session-object';

/* What a session and a single response are refused alike, beyond the shape of the request. */

/** Refuses a forced function that is not among the tools; a real session could not honour it either. */
export function forcedToolFault(
  choice: ToolChoice | undefined,
  available: readonly Tool[],
  param: string,
): Refusal | undefined {
  if (typeof choice !== 'object' || choice.type !== 'function') return undefined;
  if (available.some((tool) => tool.type === 'function' && tool.name === choice.name)) return undefined;
  return refuse('invalid_value', `Invalid value: '${choice.name}'. The tool choice must name one of the tools.`, param);
}

/** `reasoning` and `parallel_tool_calls` are for reasoning models only (protocol reference, section 3.2). */
export function reasoningFault(
  model: string,
  fields: { reasoning?: { effort?: string | undefined } | undefined; parallel_tool_calls?: unknown },
  at: string,
  { reasoningEfforts }: Pick<Dialect, 'reasoningEfforts'>,
): Refusal | undefined {
  if (isReasoningModel(model)) {
    const effort = fields.reasoning?.effort;
    return effort === undefined ? undefined : oneOfFault(effort, reasoningEfforts, `${at}.reasoning.effort`);
  }
  const field = (['reasoning', 'parallel_tool_calls'] as const).find((name) => fields[name] !== undefined);
  if (field === undefined) return undefined;
  return refuse('invalid_value', `'${field}' is not supported with the model '${model}'.`, `${at}.${field}`);
}

/** Refuses a value that is none of those there are. */
export function oneOfFault(value: string, supported: readonly string[], param: string): Refusal | undefined {
  if (supported.includes(value)) return undefined;
  const values = supported.map((each) => `'${each}'`).join(', ');
  return refuse('invalid_value', `Invalid value: '${value}'. Supported values are: ${values}.`, param);
}

/** Whether two voices are the same one. */
export function sameVoice(one: Voice, other: Voice): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
