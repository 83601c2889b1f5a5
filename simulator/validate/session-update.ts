import { z } from 'zod';
import type { JsonValue } from '../protocol/json';
import { type Refusal, refuse } from '../protocol/refusal';
import { defaultServerVad, isReasoningModel, type SessionObject, type TurnDetection } from '../protocol/session-object';
import { audioFormat, maxOutputTokens, outputModalities, prompt, reasoning, toolChoice, tools, voice } from './fields';
import type { Judged } from './issues';

const turnDetection = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('server_vad'),
      threshold: z.number().min(0).max(1).optional(),
      prefix_padding_ms: z.int().min(0).optional(),
      silence_duration_ms: z.int().min(0).optional(),
      idle_timeout_ms: z.int().min(5000).max(30000).nullable().optional(),
      create_response: z.boolean().optional(),
      interrupt_response: z.boolean().optional(),
    }),
    z.strictObject({
      type: z.literal('semantic_vad'),
      eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
      create_response: z.boolean().optional(),
      interrupt_response: z.boolean().optional(),
    }),
  ])
  .nullable();

const transcription = z
  .strictObject({
    model: z
      .enum([
        'whisper-1',
        'gpt-4o-transcribe',
        'gpt-4o-mini-transcribe',
        'gpt-4o-mini-transcribe-2025-12-15',
        'gpt-4o-transcribe-diarize',
        'gpt-transcribe',
        'gpt-live-transcribe',
        'gpt-realtime-whisper',
      ])
      .optional(),
    language: z.string().optional(),
    languages: z.array(z.string()).optional(),
    prompt: z.string().optional(),
    keywords: z.array(z.string()).optional(),
    delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  })
  .nullable();

/** `session` of a `session.update` (protocol reference, section 3.2): unknown keys anywhere refuse the whole update. */
export const sessionUpdate = z.strictObject({
  type: z.literal('realtime'),
  model: z.string().optional(),
  output_modalities: outputModalities.optional(),
  instructions: z.string().optional(),
  tools: tools.optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: reasoning.optional(),
  max_output_tokens: maxOutputTokens.optional(),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: audioFormat.optional(),
          transcription: transcription.optional(),
          noise_reduction: z
            .strictObject({
              type: z.enum(['near_field', 'far_field']),
              strength: z.number().optional(),
            })
            .nullable()
            .optional(),
          turn_detection: turnDetection.optional(),
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
        metadata: z.json().optional(),
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
  prompt: prompt.nullable().optional(),
  include: z
    .array(z.enum(['item.input_audio_transcription.logprobs']))
    .nullable()
    .optional(),
});

export type SessionUpdate = z.output<typeof sessionUpdate>;

/** What the conversation has come to, on which some fields depend. */
export interface UpdateContext {
  /** The model has produced audio, so its voice is fixed. */
  readonly hasSpoken: boolean;
  readonly responseActive: boolean;
}

/** Merges a valid update into a session, or refuses the whole of it. The session given is left as it was. */
export function applyUpdate(
  session: SessionObject,
  update: SessionUpdate,
  context: UpdateContext,
): Judged<SessionObject> {
  const refusal = conflict(session, update, context);
  if (refusal !== undefined) return { ok: false, refusal };
  const next = structuredClone(session);
  const { audio } = update;
  if (update.output_modalities !== undefined) next.output_modalities = update.output_modalities;
  if (update.instructions !== undefined) next.instructions = update.instructions;
  if (update.tools !== undefined) next.tools = update.tools;
  if (update.tool_choice !== undefined) next.tool_choice = update.tool_choice;
  if (update.max_output_tokens !== undefined) next.max_output_tokens = update.max_output_tokens;
  if (update.tracing !== undefined) next.tracing = asJson(update.tracing);
  if (update.truncation !== undefined) next.truncation = asJson(update.truncation);
  if (update.prompt !== undefined) next.prompt = asJson(update.prompt);
  if (update.include !== undefined) next.include = update.include;
  if (update.reasoning !== undefined) next.reasoning = update.reasoning;
  if (update.parallel_tool_calls !== undefined) next.parallel_tool_calls = update.parallel_tool_calls;
  if (audio?.input?.format !== undefined) next.audio.input.format = audio.input.format;
  if (audio?.input?.transcription !== undefined) next.audio.input.transcription = audio.input.transcription;
  if (audio?.input?.noise_reduction !== undefined)
    next.audio.input.noise_reduction = asJson(audio.input.noise_reduction);
  if (audio?.input?.turn_detection !== undefined) {
    next.audio.input.turn_detection = completeTurnDetection(audio.input.turn_detection, session.model);
  }
  if (audio?.output?.format !== undefined) next.audio.output.format = audio.output.format;
  if (audio?.output?.voice !== undefined) next.audio.output.voice = audio.output.voice;
  if (audio?.output?.speed !== undefined) next.audio.output.speed = audio.output.speed;
  return { ok: true, value: next };
}

/** Refuses a forced function that is not among the tools; a real session could not honour it either. */
export function forcedToolFault(
  choice: SessionUpdate['tool_choice'],
  available: SessionObject['tools'],
  param: string,
): Refusal | undefined {
  if (typeof choice !== 'object' || choice.type !== 'function') return undefined;
  if (available.some((tool) => tool.type === 'function' && tool.name === choice.name)) return undefined;
  return refuse('invalid_value', `Invalid value: '${choice.name}'. The tool choice must name one of the tools.`, param);
}

function conflict(session: SessionObject, update: SessionUpdate, context: UpdateContext): Refusal | undefined {
  const { voice: newVoice, speed } = update.audio?.output ?? {};
  if (update.model !== undefined && update.model !== session.model) {
    return refuse('invalid_value', `Cannot update the model of a session from '${session.model}'.`, 'session.model');
  }
  if (newVoice !== undefined && context.hasSpoken && !sameVoice(newVoice, session.audio.output.voice)) {
    return refuse(
      'cannot_update_voice',
      "Cannot update a conversation's voice if assistant audio is present.",
      'session.audio.output.voice',
    );
  }
  if (speed !== undefined && speed !== session.audio.output.speed && context.responseActive) {
    return refuse('invalid_value', 'Speed can only be updated between responses.', 'session.audio.output.speed');
  }
  if (update.tracing !== undefined && session.tracing !== null) {
    return refuse('invalid_value', 'Tracing cannot be updated once it is enabled.', 'session.tracing');
  }
  return (
    reasoningFault(session.model, update, 'session') ??
    forcedToolFault(update.tool_choice, update.tools ?? session.tools, 'session.tool_choice')
  );
}

/** `reasoning` and `parallel_tool_calls` are for reasoning models only (protocol reference, section 3.2). */
export function reasoningFault(
  model: string,
  fields: { reasoning?: unknown; parallel_tool_calls?: unknown },
  at: string,
): Refusal | undefined {
  if (isReasoningModel(model)) return undefined;
  const field = (['reasoning', 'parallel_tool_calls'] as const).find((name) => fields[name] !== undefined);
  if (field === undefined) return undefined;
  return refuse('invalid_value', `'${field}' is not supported with the model '${model}'.`, `${at}.${field}`);
}

export function sameVoice(one: SessionObject['audio']['output']['voice'], other: typeof one): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function completeTurnDetection(given: z.output<typeof turnDetection>, model: string): TurnDetection {
  if (given === null) return null;
  const defaults: Exclude<TurnDetection, null> =
    given.type === 'server_vad'
      ? defaultServerVad(model)
      : { type: 'semantic_vad', eagerness: 'auto', create_response: true, interrupt_response: true };
  // A cast, because both sides were chosen by the same `type`, which the compiler does not follow through a spread.
  return { ...defaults, ...given } as TurnDetection;
}

/** What zod parsed from JSON is JSON; optional keys make its type wider than that. */
function asJson(value: unknown): JsonValue {
  return value as JsonValue;
}
