import { z } from 'zod';
import { clientId } from './fields';

const base64 = z.string().refine(isBase64, { error: 'Invalid base64-encoded audio.' });

/** Keys any item may carry when a client sends it. */
const common = {
  id: clientId.optional(),
  object: z.literal('realtime.item').optional(),
  status: z.enum(['completed', 'incomplete', 'in_progress']).optional(),
};

const inputText = z.strictObject({ type: z.literal('input_text'), text: z.string() });

const message = z.discriminatedUnion('role', [
  z.strictObject({
    ...common,
    type: z.literal('message'),
    role: z.literal('user'),
    content: z
      .array(
        z.discriminatedUnion('type', [
          inputText,
          z.strictObject({ type: z.literal('input_audio'), audio: base64, transcript: z.string().nullish() }),
          z.strictObject({
            type: z.literal('input_image'),
            image_url: z.string().regex(/^data:image\/(png|jpeg);base64,/, 'Invalid image_url: expected a data URI.'),
            detail: z.enum(['auto', 'low', 'high']).optional(),
          }),
        ]),
      )
      .min(1),
  }),
  z.strictObject({
    ...common,
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.array(z.strictObject({ type: z.literal('output_text'), text: z.string() })).min(1),
  }),
  z.strictObject({
    ...common,
    type: z.literal('message'),
    role: z.literal('system'),
    content: z.array(inputText).min(1),
  }),
]);

const functionCall = z.strictObject({
  ...common,
  type: z.literal('function_call'),
  name: z.string().min(1),
  call_id: clientId.optional(),
  arguments: z.string(),
});

const functionCallOutput = z.strictObject({
  ...common,
  type: z.literal('function_call_output'),
  call_id: z.string(),
  output: z.string(),
});

/**
 * An item as a client may send it (protocol reference, sections 2.1 and 2.4). MCP items are not among them: the simulator
 * runs no MCP server whose approvals could be answered.
 */
export const clientItem = z.discriminatedUnion('type', [message, functionCall, functionCallOutput]);

export type ClientItem = z.output<typeof clientItem>;

/** An element of `response.create`'s `input`: an item, or the name of one. */
export const inputElement = z.discriminatedUnion('type', [
  message,
  functionCall,
  functionCallOutput,
  z.strictObject({ type: z.literal('item_reference'), id: z.string() }),
]);

export type InputElement = z.output<typeof inputElement>;

/** Whether a string is base64 in the standard alphabet, padded, and nothing else. Looks at every character once. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
