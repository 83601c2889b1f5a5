import { z } from 'zod';

/**
 * What may go upstream, written down apart from the code that decides it: every event with every member it may have
 * (protocol reference, section 9.2), and which of them only the relay itself may use.
 */
const own = (purpose: string) => z.string().regex(new RegExp(`^rly_${purpose}_\\d+$`));
const foreign = z
  .string()
  .regex(/^(?!rly_)/)
  .optional();

const event = <Type extends string, Members extends z.ZodRawShape>(type: Type, eventId: z.ZodType, members: Members) =>
  z.strictObject({ type: z.literal(type), event_id: eventId, ...members });

const itemId = z.string().regex(/^(?!rly_)[A-Za-z0-9_-]{1,32}$/);
const format = z.strictObject({ type: z.string(), rate: z.number().optional() });
const voice = z.union([z.string(), z.strictObject({ id: z.string() })]);
const modalities = z.array(z.enum(['audio', 'text']));
const tokens = z.union([z.number(), z.literal('inf')]);

const userPart = z.union([
  z.strictObject({ type: z.literal('input_text'), text: z.string() }),
  z.strictObject({ type: z.literal('input_audio'), audio: z.string(), transcript: z.string().optional() }),
  z.strictObject({ type: z.literal('input_image'), image_url: z.string(), detail: z.string().optional() }),
]);

const message = z.union([
  z.strictObject({
    type: z.literal('message'),
    id: itemId.optional(),
    role: z.literal('user'),
    content: z.array(userPart),
  }),
  z.strictObject({
    type: z.literal('message'),
    id: itemId.optional(),
    role: z.literal('assistant'),
    content: z.array(z.strictObject({ type: z.literal('output_text'), text: z.string() })),
  }),
]);

const audioInput = z.strictObject({
  format: format.optional(),
  transcription: z.strictObject({ model: z.string().optional(), language: z.string().optional() }).nullish(),
  noise_reduction: z.strictObject({ type: z.string() }).nullish(),
  turn_detection: z
    .strictObject({
      type: z.string(),
      threshold: z.number().optional(),
      prefix_padding_ms: z.number().optional(),
      silence_duration_ms: z.number().optional(),
      idle_timeout_ms: z.number().nullish(),
      eagerness: z.string().optional(),
      create_response: z.boolean().optional(),
      interrupt_response: z.boolean().optional(),
    })
    .nullish(),
});

const asked = {
  output_modalities: modalities.optional(),
  max_output_tokens: tokens.optional(),
  audio: z
    .strictObject({ output: z.strictObject({ format: format.optional(), voice: voice.optional() }).optional() })
    .optional(),
  metadata: z.record(z.string(), z.string()).nullish(),
};
const input = z.array(z.union([message, z.strictObject({ type: z.literal('item_reference'), id: z.string() })]));

const clientsOwn = z.union([
  event('input_audio_buffer.append', foreign, { audio: z.string() }),
  event('input_audio_buffer.commit', foreign, {}),
  event('input_audio_buffer.clear', foreign, {}),
  event('session.update', foreign, {
    session: z.strictObject({
      type: z.literal('realtime'),
      output_modalities: modalities.optional(),
      max_output_tokens: tokens.optional(),
      audio: z
        .strictObject({
          input: audioInput.optional(),
          output: z
            .strictObject({ format: format.optional(), voice: voice.optional(), speed: z.number().optional() })
            .optional(),
        })
        .optional(),
    }),
  }),
  event('conversation.item.create', foreign, { previous_item_id: z.string().nullish(), item: message }),
  event('conversation.item.retrieve', foreign, { item_id: z.string() }),
  event('conversation.item.delete', foreign, { item_id: z.string() }),
  event('conversation.item.truncate', foreign, {
    item_id: z.string(),
    content_index: z.number(),
    audio_end_ms: z.number(),
  }),
  event('response.create', own('cc'), {
    response: z
      .strictObject({ ...asked, conversation: z.literal('auto').optional(), input: input.optional() })
      .optional(),
  }),
  event('response.create', foreign, {
    response: z.strictObject({
      ...asked,
      conversation: z.literal('none'),
      tool_choice: z.literal('none'),
      input: input.optional(),
    }),
  }),
  event('response.cancel', foreign, { response_id: z.string().optional() }),
]);

const repeated = Object.fromEntries(Object.keys(asked).map((member) => [member, z.unknown().optional()]));

const relaysOwn = z.union([
  event('session.update', own('su'), { session: z.looseObject({}) }),
  event('conversation.item.create', own('out'), {
    item: z.strictObject({ type: z.literal('function_call_output'), call_id: z.string(), output: z.string() }),
  }),
  event('response.create', own('rc'), {
    // What a follow-up repeats of the response before it is as upstream said it.
    response: z.strictObject({ ...repeated, tool_choice: z.enum(['auto', 'none']) }),
  }),
]);

const allowed = z.union([clientsOwn, relaysOwn]);

/** Whether an event may go upstream. */
export const isAllowedUpstream = (text: string): boolean => allowed.safeParse(JSON.parse(text)).success;
