import { z } from 'zod';
import { defineTool, type ToolReply } from '../tool';
import { isToolFailure } from '../tool-failure';
import { oncePerSession } from './session-event';

const ending: ToolReply = { message: 'The call ends after your goodbye. Say goodbye now.', endSession: true };

/** Ends the session once the goodbye has been heard. */
export const endCall = defineTool({
  name: 'end_call',
  description:
    'Ends the call. Call it when the user says goodbye or has no further wish; then say goodbye in one short sentence.',
  parameters: z.strictObject({
    reason: z.string({ error: 'must be text' }).optional().describe('Why the call ends, in one sentence.'),
    summary: z.string({ error: 'must be text' }).optional().describe('What the call was about.'),
  }),
  effect: 'webhook',
  once: oncePerSession(() => ending),
  async execute(_args, ctx) {
    try {
      await ctx.deliverEvent();
    } catch (error) {
      // Nobody is kept on the line because a webhook did not hear that the call ends.
      if (!isToolFailure(error)) throw error;
    }
    return ending;
  },
});
