import { z } from 'zod';

const modelText = z.string().min(1);

const audioFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).default(24_000) }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
]);

const turnDetection = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('server_vad'),
    threshold: z.number().min(0).max(1).optional(),
    prefix_padding_ms: z.int().min(0).optional(),
    silence_duration_ms: z.int().min(0).optional(),
    idle_timeout_ms: z.int().min(5_000).max(30_000).nullable().optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('semantic_vad'),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
  }),
]);

const voice = z.union(
  [modelText, z.strictObject({ id: modelText })],
  'must be the name of a voice, or an object with its "id"',
);

/**
 * What an org may set of its session: every field of the GA session (protocol reference, section 3.2) except `type`,
 * `model`, `tools` and `tool_choice`, which are the relay's. `voice` at the top is short for `audio.output.voice`.
 * Strict at every level, because upstream refuses a whole `session.update` over one unknown key.
 */
export const sessionFieldsSchema = z
  .strictObject({
    instructions: z.string().optional(),
    voice: voice.optional(),
    output_modalities: z.tuple([z.enum(['audio', 'text'])]).optional(),
    max_output_tokens: z
      .union([z.int().min(1), z.literal('inf')], 'must be a whole number of tokens or "inf"')
      .optional(),
    parallel_tool_calls: z.boolean().optional(),
    reasoning: z.strictObject({ effort: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional() }).optional(),
    audio: z
      .strictObject({
        input: z
          .strictObject({
            format: audioFormat.optional(),
            transcription: z
              .strictObject({
                model: modelText.optional(),
                language: z.string().optional(),
                languages: z.array(z.string()).optional(),
                prompt: z.string().optional(),
                keywords: z.array(z.string()).optional(),
                delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
              })
              .nullable()
              .optional(),
            noise_reduction: z
              .strictObject({ type: z.enum(['near_field', 'far_field']) })
              .nullable()
              .optional(),
            turn_detection: turnDetection.nullable().optional(),
          })
          .optional(),
        output: z
          .strictObject({
            format: audioFormat.optional(),
            voice: voice.optional(),
            speed: z.number().min(0.25).max(1.5).optional(),
          })
          .optional(),
      })
      .optional(),
    tracing: z
      .union([
        z.literal('auto'),
        z.strictObject({
          workflow_name: z.string().optional(),
          group_id: z.string().optional(),
          metadata: z.record(z.string(), z.unknown()).optional(),
        }),
      ])
      .nullable()
      .optional(),
    truncation: z
      .union([
        z.enum(['auto', 'disabled']),
        z.strictObject({
          type: z.literal('retention_ratio'),
          retention_ratio: z.number().min(0).max(1),
          token_limits: z.strictObject({ post_instructions: z.int().min(0).optional() }).optional(),
        }),
      ])
      .optional(),
    prompt: z
      .strictObject({
        id: modelText,
        version: z.string().nullable().optional(),
        variables: z.record(z.string(), z.string()).nullable().optional(),
      })
      .nullable()
      .optional(),
    include: z.array(z.literal('item.input_audio_transcription.logprobs')).optional(),
  })
  .refine(({ voice: short, audio }) => short === undefined || audio?.output?.voice === undefined, {
    path: ['voice'],
    message: 'is said twice: here and as audio.output.voice',
  });

export type SessionFields = z.infer<typeof sessionFieldsSchema>;
