import type { z } from 'zod';
import type { Dialect } from './dialect';
import { type Refusal, refuse } from './protocol/refusal';
import { defaultServerVad, type SessionObject, type TurnDetection } from './protocol/session-object';
import { forcedToolFault, oneOfFault, reasoningFault, sameVoice } from './validate/conflicts';
import type { Judged } from './validate/issues';
import type { SessionUpdate, turnDetection } from './validate/session-update';

/** What the conversation has come to, on which some fields depend. */
export interface UpdateContext {
  /** The model has produced audio, so its voice is fixed. */
  readonly hasSpoken: boolean;
  readonly responseActive: boolean;
  readonly dialect: Dialect;
  /** The models that exist, where they are named. */
  readonly deployments: readonly string[] | undefined;
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
  // A key that was not in the update is not in its parse either, so plain assignment changes only what was given.
  const { type: _type, model: _model, audio, ...plain } = update;
  Object.assign(next, plain);
  Object.assign(next.audio.input, audio?.input);
  Object.assign(next.audio.output, audio?.output);
  if (audio?.input?.turn_detection !== undefined) {
    next.audio.input.turn_detection = completeTurnDetection(audio.input.turn_detection, session.model);
  }
  return { ok: true, value: next };
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
    reasoningFault(session.model, update, 'session', context.dialect) ??
    transcriptionFault(update.audio?.input?.transcription?.model, context) ??
    forcedToolFault(update.tool_choice, update.tools ?? session.tools, 'session.tool_choice')
  );
}

function transcriptionFault(
  model: string | undefined,
  { dialect: { transcriptionModels }, deployments }: UpdateContext,
): Refusal | undefined {
  if (model === undefined) return undefined;
  const param = 'session.audio.input.transcription.model';
  if (transcriptionModels === undefined) {
    if (deployments?.includes(model) ?? true) return undefined;
    // As Azure says it (protocol reference, section 6.1).
    return {
      ...refuse('DeploymentNotFound', 'The transcription deployment does not exist.', param),
      type: 'server_error',
    };
  }
  return oneOfFault(model, transcriptionModels, param);
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
