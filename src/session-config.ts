import type { SessionTool } from '../pipeline';
import type { SessionFields } from './config/session-fields';
import { instructionsFor } from './session/instructions';
import { mergeDeep } from './session/merge';

/** What a session's settings are made from. */
export interface SessionConfigFor {
  /** The org's own fields. */
  readonly session: SessionFields;
  readonly timeZone: string;
  readonly tools: readonly SessionTool[];
  /** When the session starts. */
  readonly now: Date;
}

/**
 * The `session` object of the relay's `session.update`: defaults, the org's fields over them, its tools. Audio formats, the
 * voice and turn detection are always said in full, because upstream's own defaults differ between models and a partial
 * turn detection is completed from an unknown source (protocol reference, section 3.2).
 */
export function sessionConfig({ session, timeZone, tools, now }: SessionConfigFor): Readonly<Record<string, unknown>> {
  const { voice, instructions, ...fields } = session;
  const withVoice =
    voice === undefined ? defaults(fields) : mergeDeep(defaults(fields), { audio: { output: { voice } } });
  return {
    // Both are objects, and so is what they make.
    ...(mergeDeep(withVoice, fields) as Record<string, unknown>),
    type: 'realtime',
    instructions: instructionsFor({ own: instructions, tools: tools.map(({ name }) => name), timeZone, now }),
    tools,
    tool_choice: 'auto',
  };
}

const pcm = { type: 'audio/pcm', rate: 24_000 };

const serverVad = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
  idle_timeout_ms: null,
  create_response: true,
  interrupt_response: true,
};

const semanticVad = { type: 'semantic_vad', eagerness: 'auto', create_response: true, interrupt_response: true };

const defaults = ({ audio }: SessionFields) => ({
  output_modalities: ['audio'],
  audio: {
    input: {
      format: pcm,
      turn_detection: audio?.input?.turn_detection?.type === 'semantic_vad' ? semanticVad : serverVad,
    },
    output: { format: pcm, voice: 'marin' },
  },
});
