import { readArguments } from './arguments';
import { type Edge } from './edge';
import { describeFaults, presentArguments } from './faults';
import { fingerprint, intentId } from './intent';
import { type PipelineLimits } from './limits';
import { type Log } from './log';
import { type Action, type Tool } from './tool';
import { type CallIds, type ToolCall } from './tool-call';
import { type InvalidResult, invalidResult } from './tool-result';

/** One wish with valid arguments, ready to be executed. */
export interface Intent {
  readonly tool: Tool;
  readonly action: Action;
  /** 16 hexadecimal digits; the same for equal wishes, or new for a call without identity. */
  readonly id: string;
  /** Present where the intent is held to once: the hash over its canonical arguments. */
  readonly fingerprint: string | undefined;
}

/** What becomes of a call's arguments: an intent, or what to ask the user. */
export type Understanding =
  { readonly kind: 'intent'; readonly intent: Intent } | { readonly kind: 'refused'; readonly result: InvalidResult };

/** The part of a call that says what is wanted. */
type GivenCall = Pick<ToolCall, 'toolArgs' | keyof CallIds>;

/** Turns the arguments of a call into an intent, strictly. */
export class IntentService {
  readonly #edge: Pick<Edge, 'newIntentId'>;

  constructor(edge: Pick<Edge, 'newIntentId'>) {
    this.#edge = edge;
  }

  /** Has no effect but log lines. Whatever the arguments are, it does not throw; a faulty tool definition may. */
  understand(tool: Tool, call: GivenCall, limits: PipelineLimits, log: Log): Understanding {
    log.info({}, `Validating ${tool.topic} intent`);
    const reading = actionOf(tool, call.toolArgs, limits);
    if (reading.kind === 'refused') {
      log.info({}, `Refused ${tool.topic} intent`);
      return { kind: 'refused', result: invalidResult(tool.name, reading.fault) };
    }
    return { kind: 'intent', intent: this.#identify(tool, reading.action, call, log) };
  }

  #identify(tool: Tool, action: Action, ids: CallIds, log: Log): Intent {
    const key = action.once?.key(ids);
    if (action.once === undefined || key === undefined) {
      return { tool, action, id: this.#edge.newIntentId(), fingerprint: undefined };
    }
    const id = intentId(key);
    log.info({ intentId: id }, 'Generated idempotency key');
    return { tool, action, id, fingerprint: fingerprint(action.once.canonical()) };
  }
}

type ActionReading =
  { readonly kind: 'read'; readonly action: Action } | { readonly kind: 'refused'; readonly fault: string };

function actionOf(tool: Tool, toolArgs: unknown, limits: PipelineLimits): ActionReading {
  const reading = readArguments(toolArgs, limits);
  if (reading.kind === 'refused') return reading;
  const present = presentArguments(tool.fields, reading.args);
  const checked = tool.read(present.args);
  const fault = describeFaults(tool, present, checked.kind === 'invalid' ? checked.issues : []);
  if (fault !== undefined) return { kind: 'refused', fault };
  if (checked.kind === 'invalid') throw new TypeError(`The schema of ${tool.name} refuses without an issue.`);
  return { kind: 'read', action: checked.action };
}
