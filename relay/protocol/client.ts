import { z } from 'zod';

/**
 * What a client may say, and the members it may say it with: every schema keeps what it names and strips the rest
 * (protocol reference, sections 2.1, 3 and 9.2).
 */

const eventId = z.string().max(512).optional();
const itemId = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/);

const format = z.object({ type: z.enum(['audio/pcm', 'audio/pcmu', 'audio/pcma']), rate: z.number().optional() });
const modalities = z.array(z.enum(['audio', 'text'])).min(1);
const voice = z.union([z.string(), z.object({ id: z.string() })]);
const maxOutputTokens = z.union([z.number().int().positive(), z.literal('inf')]);

const turnDetection = z.object({
  type: z.enum(['server_vad', 'semantic_vad']),
  threshold: z.number().optional(),
  prefix_padding_ms: z.number().optional(),
  silence_duration_ms: z.number().optional(),
  idle_timeout_ms: z.number().nullish(),
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
});

const audioInput = z.object({
  format: format.optional(),
  transcription: z.object({ model: z.string().optional(), language: z.string().optional() }).nullish(),
  noise_reduction: z.object({ type: z.enum(['near_field', 'far_field']) }).nullish(),
  turn_detection: turnDetection.nullish(),
});

const audioOutput = z.object({ format: format.optional(), voice: voice.optional(), speed: z.number().optional() });

const userContent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('input_text'), text: z.string() }),
  z.object({ type: z.literal('input_audio'), audio: z.string(), transcript: z.string().optional() }),
  z.object({
    type: z.literal('input_image'),
    image_url: z.string(),
    detail: z.enum(['auto', 'low', 'high']).optional(),
  }),
]);

const assistantContent = z.object({ type: z.literal('output_text'), text: z.string() });

const message = z.discriminatedUnion('role', [
  z.object({
    type: z.literal('message'),
    id: itemId.optional(),
    role: z.literal('user'),
    content: z.array(userContent).min(1),
  }),
  z.object({
    type: z.literal('message'),
    id: itemId.optional(),
    role: z.literal('assistant'),
    content: z.array(assistantContent).min(1),
  }),
]);

const reference = z.object({ type: z.literal('item_reference'), id: z.string() });

const clientEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('session.update'),
    event_id: eventId,
    session: z.object({
      output_modalities: modalities.optional(),
      max_output_tokens: maxOutputTokens.optional(),
      audio: z.object({ input: audioInput.optional(), output: audioOutput.optional() }).optional(),
    }),
  }),
  z.object({ type: z.literal('input_audio_buffer.append'), event_id: eventId, audio: z.string() }),
  z.object({ type: z.literal('input_audio_buffer.commit'), event_id: eventId }),
  z.object({ type: z.literal('input_audio_buffer.clear'), event_id: eventId }),
  z.object({
    type: z.literal('conversation.item.create'),
    event_id: eventId,
    previous_item_id: z.string().nullish(),
    item: message,
  }),
  z.object({ type: z.literal('conversation.item.retrieve'), event_id: eventId, item_id: z.string() }),
  z.object({
    type: z.literal('conversation.item.truncate'),
    event_id: eventId,
    item_id: z.string(),
    content_index: z.number().int().nonnegative(),
    audio_end_ms: z.number().int().nonnegative(),
  }),
  z.object({ type: z.literal('conversation.item.delete'), event_id: eventId, item_id: z.string() }),
  z.object({
    type: z.literal('response.create'),
    event_id: eventId,
    response: z
      .object({
        output_modalities: modalities.optional(),
        max_output_tokens: maxOutputTokens.optional(),
        audio: z.object({ output: audioOutput.omit({ speed: true }).optional() }).optional(),
        metadata: z.record(z.string(), z.string()).nullish(),
        conversation: z.enum(['auto', 'none']).optional(),
        input: z.array(z.union([message, reference])).optional(),
      })
      .optional(),
  }),
  z.object({ type: z.literal('response.cancel'), event_id: eventId, response_id: z.string().optional() }),
]);

/** An event a client may send, with only the members it may have. */
export type ClientEvent = z.infer<typeof clientEvent>;

/** Why an event of a client is refused; the members of the `error` event that answers it. */
export interface Refusal {
  readonly code: 'event_not_allowed' | 'missing_required_parameter' | 'invalid_value' | 'invalid_event';
  readonly param: string | null;
}

/** The event in what a client sent, or why there is none. */
export function parseClientEvent(
  value: unknown,
): { readonly ok: true; readonly event: ClientEvent } | { readonly ok: false; readonly refusal: Refusal } {
  const parsed = clientEvent.safeParse(value);
  return parsed.success ? { ok: true, event: parsed.data } : { ok: false, refusal: refusalFor(value, parsed.error) };
}

const allowedTypes: ReadonlySet<unknown> = new Set(clientEvent.options.map((option) => option.shape.type.value));

function refusalFor(value: unknown, error: z.ZodError): Refusal {
  if (typeof value !== 'object' || value === null || !('type' in value)) {
    return { code: 'missing_required_parameter', param: 'type' };
  }
  if (!allowedTypes.has(value.type)) return { code: 'event_not_allowed', param: 'type' };
  const issue = error.issues[0];
  const path = issue?.path.map(String) ?? [];
  const param = path.join('.') || null;
  if (param === 'item.type' || param === 'item.role') return { code: 'event_not_allowed', param };
  const isMissing = valueAt(value, path) === undefined;
  return { code: isMissing ? 'missing_required_parameter' : 'invalid_value', param };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, key)?.value : undefined),
    value,
  );
}
