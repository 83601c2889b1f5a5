import { z } from 'zod';
import { defineTool, type ToolContext, type ToolReply } from '../tool';
import { isToolFailure, ToolFailure } from '../tool-failure';
import { oncePerSession } from './session-event';

const transferred: ToolReply = { message: 'The call is being handed over to a human colleague.' };

/** Hands the caller to a human: transfers the call where it can be transferred, and tells the webhook if it should. */
export const escalateCall = defineTool({
  name: 'escalate_call',
  description:
    'Hands the conversation over to a human. Call it when the user asks for a person, is upset, or needs what you ' +
    'cannot do. Tell the user before you call it.',
  parameters: z.strictObject({
    reason: z.string({ error: 'must be text' }).optional().describe('Why a human is needed, in one sentence.'),
    summary: z.string({ error: 'must be text' }).optional().describe('What the conversation was about so far.'),
  }),
  once: oncePerSession(() => transferred),
  async execute(_args, ctx) {
    await transfer(ctx);
    await tellWebhook(ctx);
    return transferred;
  },
});

async function transfer({ callControl, signal }: ToolContext): Promise<void> {
  if (callControl === undefined) return;
  try {
    await callControl.transfer(signal);
  } catch (cause) {
    // Whoever has power over the call may know better than to be guessed at.
    if (isToolFailure(cause)) throw cause;
    if (signal.aborted) {
      const reason = 'It is not known whether the call was transferred.';
      throw new ToolFailure('unknown', reason, { code: 'transfer_timeout' }, { cause });
    }
    const reason = 'The call could not be transferred.';
    throw new ToolFailure('not_sent', reason, { code: 'transfer_failed' }, { cause });
  }
}

/** The caller waits for a human, not for a webhook: a failed delivery is logged where it happens and changes nothing. */
async function tellWebhook(ctx: ToolContext): Promise<void> {
  try {
    await ctx.deliverEvent();
  } catch (error) {
    if (!isToolFailure(error)) throw error;
  }
}
