import { isRecord } from '../protocol/json';
import type { Call, PlanStep } from '../scenario/schema';
import type { Plan, TurnContext } from './model';

/** Said instead of a plan that consisted of calls alone, none of them allowed. */
const NO_TOOL = 'I am sorry, I cannot do that here.';

/**
 * Makes a plan obey the tools and the tool choice, whoever made it: tools that the session does not have are never called,
 * `none` calls nothing, `required` and a forced function call something (protocol reference, section 3.5).
 */
export function obeyToolChoice(plan: Plan, context: TurnContext): Plan {
  const { toolChoice, tools } = context;
  const forced = typeof toolChoice === 'object' && toolChoice.type === 'function' ? toolChoice.name : undefined;
  const isAllowed = (call: Call) =>
    toolChoice !== 'none' &&
    (forced === undefined || call.name === forced) &&
    tools.some((tool) => tool.name === call.name);
  const steps = plan.steps.flatMap((step) => keepAllowed(step, isAllowed));
  const mustCall = toolChoice === 'required' || forced !== undefined;
  const calls = steps.some((step) => 'call' in step || 'calls' in step);
  if (mustCall && !calls) {
    const tool = tools.find(({ name }) => forced === undefined || name === forced);
    if (tool !== undefined) {
      return { ...plan, steps: [{ call: { name: tool.name, arguments: sample(tool.parameters), quirks: [] } }] };
    }
  }
  return { ...plan, steps: steps.length > 0 ? steps : [{ say: NO_TOOL }] };
}

function keepAllowed(step: PlanStep, isAllowed: (call: Call) => boolean): PlanStep[] {
  if ('call' in step) return isAllowed(step.call) ? [step] : [];
  if (!('calls' in step)) return [step];
  const calls = step.calls.filter(isAllowed);
  return calls.length > 0 ? [{ calls }] : [];
}

/** Arguments that have every required property of a schema, with the emptiest values of their types. */
function sample(schema: Record<string, unknown> | undefined): Call['arguments'] {
  const properties = isRecord(schema?.['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema?.['required']) ? schema['required'] : [];
  const pairs = required
    .filter((name) => typeof name === 'string')
    .map((name): [string, string | number | boolean | never[] | Record<string, never>] => [
      name,
      emptyValue(properties[name]),
    ]);
  return Object.fromEntries(pairs);
}

function emptyValue(schema: unknown): string | number | boolean | never[] | Record<string, never> {
  switch (isRecord(schema) ? schema['type'] : undefined) {
    case 'number':
    case 'integer':
      return 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return '';
  }
}
