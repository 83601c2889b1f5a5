import { z } from 'zod';
import { defineTool, type ToolReply } from '../tool';
import { oncePerSession } from './session-event';

const completed: ToolReply = { message: 'The intake is complete.' };

/** Closes the intake: what was asked for has been given. Goes to the webhook if that should hear of it. */
export const completeIntake = defineTool({
  name: 'complete_intake',
  description:
    'Marks the intake as complete. Call it once, when the user has given everything you were told to ask for and has ' +
    'nothing to add.',
  parameters: z.strictObject({
    reason: z.string({ error: 'must be text' }).optional().describe('How the intake ended, in one sentence.'),
    summary: z.string({ error: 'must be text' }).optional().describe('What the user said, in a few sentences.'),
  }),
  effect: 'webhook',
  once: oncePerSession(() => completed),
  async execute(_args, ctx) {
    await ctx.deliverEvent();
    return completed;
  },
});
