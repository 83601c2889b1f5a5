import { type Client } from '../../simulator/support/client';
import { type House } from './house';
import { expectPlainConversation } from './plain-conversation';
import { expectNothingOfTools } from './secrets';

/** Expects all that the only client of a house saw to be a plain conversation that tells of no tool. */
export async function expectPlainView({ events }: Client, house: House): Promise<void> {
  expectPlainConversation(events);
  expectNothingOfTools(events, house, await house.simulator.session(0));
}
