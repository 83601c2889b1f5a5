import { setTimeout as sleep } from 'node:timers/promises';
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
 * @returns how often each outcome came; `duplicate`, and `unknown` for what was in doubt, if nothing was forgotten.
 */
export async function repeat(entrance: HttpEntrance, deliveries: readonly Delivery[]): Promise<Map<string, number>> {
  const limit = pLimit(10);
  const outcomes = await Promise.all(deliveries.map((delivery) => limit(() => ask(entrance, delivery))));
  return new Map([...Map.groupBy(outcomes, (outcome) => outcome)].map(([outcome, all]) => [outcome, all.length]));
}

/** How often one is asked again who could not say, because the store took too long. */
const patience = 5;

async function ask(entrance: HttpEntrance, delivery: Delivery, triesLeft = patience): Promise<string> {
  const { origin, key, orgId } = entrance;
  const response = await fetch(`${origin}/api/execute-intent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ org_id: orgId, tool_name: 'create_appointment', tool_args: delivery.tool_args }),
  });
  if (response.status === 429) {
    // The load balancer counts by address, and all of this comes from one.
    await sleep(1_000 * Number(response.headers.get('retry-after')));
    return ask(entrance, delivery, triesLeft);
  }
  if (!response.ok) return `HTTP ${response.status}`;
  const outcome = outcomeOf(toolResultSchema.parse(await response.json()));
  if (outcome !== 'unavailable' || triesLeft === 0) return outcome;
  await sleep(1_000);
  return ask(entrance, delivery, triesLeft - 1);
}
