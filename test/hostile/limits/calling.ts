import { type booked } from '../../e2e/support/conversations';

/** A model that says what it is about to do, calls a tool with these arguments, and speaks once more. */
export const calling = (toolArguments: typeof booked | string) => ({
  scenario: {
    name: 'one call',
    turns: [
      { when: { tool: 'create_appointment' }, steps: [{ say: 'That is it.' }] },
      { steps: [{ say: 'One moment.' }, { call: { name: 'create_appointment', arguments: toolArguments } }] },
    ],
  },
});
