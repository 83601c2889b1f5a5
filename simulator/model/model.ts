import type { Entry } from '../conversation';
import type { FunctionTool, ToolChoice } from '../protocol/session-object';
import type { ClosingOrder, PlanStep } from '../scenario/schema';

/** What a response knows when it starts. */
export interface TurnContext {
  /** The items of the conversation at that moment, or those the request named instead. */
  readonly entries: readonly Entry[];
  readonly instructions: string;
  readonly tools: readonly FunctionTool[];
  readonly toolChoice: ToolChoice;
  readonly now: Date;
}

/** What a response is going to do, and whether its items close as they end or all together at its end. */
export interface Plan {
  readonly steps: readonly PlanStep[];
  readonly order: ClosingOrder;
}

/** Whatever decides what is said and called. One per session; it may remember what it said before. */
export interface Model {
  respond(context: TurnContext): Plan;
}

/** The words of an item that someone said or wrote; `undefined` for calls and outputs. */
export function wordsOf({ item, heard }: Entry): string | undefined {
  if (item.type !== 'message') return undefined;
  if (heard !== undefined) return heard;
  return item.content
    .map((part) => ('text' in part ? part.text : 'transcript' in part ? (part.transcript ?? '') : ''))
    .join(' ')
    .trim();
}

/** Whether the last thing that happened is that the user spoke, rather than that a tool answered. */
export function userSpokeLast(entries: readonly Entry[]): boolean {
  const last = entries.findLast(({ item }) => item.type === 'function_call_output' || wordsOf({ item }) !== undefined);
  return last?.item.type === 'message' && last.item.role === 'user';
}

/** What the user said, turn by turn. */
export function userWords(entries: readonly Entry[]): string[] {
  return entries
    .filter(({ item }) => item.type === 'message' && item.role === 'user')
    .map((entry) => wordsOf(entry) ?? '');
}

/** The outputs that came in since the assistant last said something, oldest first, each with its tool's name. */
export function newOutputs(entries: readonly Entry[]): { tool: string; output: string }[] {
  const names = new Map<string, string>();
  let outputs: { tool: string; output: string }[] = [];
  for (const { item } of entries) {
    if (item.type === 'function_call') names.set(item.call_id, item.name);
    else if (item.type === 'function_call_output') {
      outputs.push({ tool: names.get(item.call_id) ?? '', output: item.output });
    } else if (item.role === 'assistant') outputs = [];
  }
  return outputs;
}
