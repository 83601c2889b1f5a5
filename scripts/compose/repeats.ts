import pLimit from 'p-limit';
import { outcomeOf, toolResultSchema } from '../../pipeline';
import type { Delivery } from './webhook';

/** Where intents are executed over HTTP, and with which key. */
export interface HttpEntrance {
  readonly origin: string;
  readonly key: string;
  readonly orgId: string;
}

/**
 * Asks over HTTP for what was delivered already, several at once and in no order of relays.
 *
 * @returns how often each outcome came; `duplicate` alone, if nothing was forgotten.
 */
export async function repeat(entrance: HttpEntrance, deliveries: readonly Delivery[]): Promise<Map<string, number>> {
  const limit = pLimit(10);
  const outcomes = await Promise.all(deliveries.map((delivery) => limit(() => ask(entrance, delivery))));
  return new Map([...Map.groupBy(outcomes, (outcome) => outcome)].map(([outcome, all]) => [outcome, all.length]));
}

async function ask({ origin, key, orgId }: HttpEntrance, { tool_args: args }: Delivery): Promise<string> {
  const response = await fetch(`${origin}/api/execute-intent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ org_id: orgId, tool_name: 'create_appointment', tool_args: args }),
  });
  if (!response.ok) return `HTTP ${response.status}`;
  return outcomeOf(toolResultSchema.parse(await response.json()));
}
