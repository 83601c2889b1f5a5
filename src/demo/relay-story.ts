import { z } from 'zod';
import type { Timeline } from './timeline';

const line = z.looseObject({
  msg: z.string(),
  toolName: z.string().optional(),
  intentId: z.string().optional(),
  outcome: z.string().optional(),
  durationMs: z.number().optional(),
  cause: z.string().optional(),
});

/** Tells the story that is in the relay's own log lines; lines that are not part of it are passed over. */
export function tellRelayStory(timeline: Timeline, logLine: string): void {
  const parsed = line.safeParse(JSON.parse(logLine));
  if (!parsed.success) return;
  const text = storyOf(parsed.data);
  if (text !== undefined) timeline.tell('relay', text);
}

function storyOf({ msg, toolName, intentId, outcome, durationMs, cause }: z.infer<typeof line>): string | undefined {
  switch (msg) {
    case 'Execute intent request':
      return `intercepts the model's call of ${toolName ?? 'a tool'}; the client is not told`;
    case 'Validating calendar intent':
      return 'checks the arguments';
    case 'Generated idempotency key':
      return `identifies the intent as ${intentId ?? 'unknown'}`;
    case 'Executing Zapier webhook for intent':
      return 'has claimed the intent and calls the webhook';
    case 'Zapier webhook executed successfully':
      return 'has recorded the success';
    case 'Execute intent result':
      return `gives the model the result: ${outcome ?? ''} (${durationMs ?? 0} ms)`;
    case 'Call announced':
      return 'tells the carrier to stream the call to an address that is good for one use';
    case 'Call connected':
      return 'has the call; the model is ready';
    case 'Call hung up':
      return 'has had the carrier hang up';
    case 'Session ended':
      return `ends the session: ${cause ?? ''}`;
    default:
      return undefined;
  }
}
