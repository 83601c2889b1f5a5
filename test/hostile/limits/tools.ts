import { booked } from '../../e2e/support/conversations';
import { outputsOf } from '../../e2e/support/exchange';
import { call, type House } from '../../e2e/support/house';
import { type Closing } from '../../pipeline/support/closing';
import { hang } from '../../pipeline/support/webhook-catcher';
import { calling } from './calling';
import { reached, type Trial } from './trial';

const invalidCall = 'relay_tool_calls_total{tool="create_appointment",status="invalid"}';

/** Limits of tool calls. */
export const tools = {
  roundsPerTurn: {
    parts: { limits: { roundsPerTurn: 1 }, simulator: calling(booked) },
    reach: async (house, opened) => {
      await outputOf(opened, house);
      const { received } = await house.simulator.session(0);
      expect(received.at(-1)).toMatchObject({ type: 'response.create', response: { tool_choice: 'none' } });
    },
    counted: reached('roundsPerTurn'),
  },
  toolMs: {
    parts: { limits: { toolMs: 200 }, answers: [hang], webhook: { deadlineMs: 1_000 }, simulator: calling(booked) },
    reach: async (house, opened) => expect(await outputOf(opened, house)).toMatchObject({ status: 'tool_timeout' }),
    counted: reached('toolMs'),
  },
  toolArgumentBytes: {
    parts: { limits: { toolArgumentBytes: 64 }, simulator: calling(booked) },
    reach: async (house, opened) => {
      expect((await outputOf(opened, house))['error']).toMatch(/64 bytes/);
    },
    counted: invalidCall,
  },
  toolArgumentDepth: {
    parts: { limits: { toolArgumentDepth: 3 }, simulator: calling('{"title":{"a":{"b":{"c":1}}}}') },
    reach: async (house, opened) => {
      expect((await outputOf(opened, house))['error']).toMatch(/deep|nest|level/);
    },
    counted: invalidCall,
  },
  toolOutputBytes: {
    parts: { limits: { toolOutputBytes: 64 }, simulator: calling(booked) },
    reach: async (house, opened) => {
      expect(await outputOf(opened, house)).toMatchObject({ status: 'tool_output_too_large' });
    },
    counted: reached('toolOutputBytes'),
  },
} satisfies Record<string, Trial>;

/** A call in which the model calls a tool, up to what the tool answered. */
async function outputOf(opened: Closing, house: House): Promise<Record<string, unknown>> {
  const client = await call(opened, house);
  await client.ask('Please book it.');
  await client.done();
  return outputsOf(await house.simulator.session(0))[0]?.output ?? {};
}
