import { z } from 'zod';
import { type Refusal, refuse } from '../protocol/refusal';
import type { Dialect } from '../dialect';
import type { SessionObject } from '../protocol/session-object';
import {
  audioFormat,
  maxOutputTokens,
  metadata,
  outputModalities,
  prompt,
  reasoning,
  toolChoice,
  tools,
  voice,
} from './fields';
import { inputElement } from './items';
import { forcedToolFault, reasoningFault, sameVoice } from './conflicts';

/** `response` of a `response.create`: one-shot overrides (protocol reference, section 3.5). */
export const responseParams = z.strictObject({
  instructions: z.string().optional(),
  tools: tools.optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: reasoning.optional(),
  output_modalities: outputModalities.optional(),
  audio: z
    .strictObject({
      output: z.strictObject({ format: audioFormat.optional(), voice: voice.optional() }).optional(),
    })
    .optional(),
  max_output_tokens: maxOutputTokens.optional(),
  prompt: prompt.nullable().optional(),
  metadata: metadata.optional(),
  conversation: z.enum(['auto', 'none']).optional(),
  input: z.array(inputElement).optional(),
});

export type ResponseParams = z.output<typeof responseParams>;

/** What a valid request still collides with in its session, or `undefined`. */
export function paramsFault(
  params: ResponseParams,
  session: SessionObject,
  state: { hasSpoken: boolean; hasItem: (id: string) => boolean; dialect: Dialect },
): Refusal | undefined {
  const asked = params.audio?.output?.voice;
  if (asked !== undefined && state.hasSpoken && !sameVoice(asked, session.audio.output.voice)) {
    return refuse(
      'cannot_update_voice',
      "Cannot update a conversation's voice if assistant audio is present.",
      'response.audio.output.voice',
    );
  }
  for (const [index, element] of (params.input ?? []).entries()) {
    if (element.type === 'item_reference' && !state.hasItem(element.id)) {
      return refuse('invalid_value', `Item with ID '${element.id}' not found.`, `response.input[${index}].id`);
    }
  }
  return (
    reasoningFault(session.model, params, 'response', state.dialect) ??
    forcedToolFault(params.tool_choice ?? session.tool_choice, params.tools ?? session.tools, 'response.tool_choice')
  );
}
