import type { JsonValue } from './json';

/** The audio formats of protocol reference, section 3.3. */
export type AudioFormat = { type: 'audio/pcm'; rate: 24000 } | { type: 'audio/pcmu' } | { type: 'audio/pcma' };

export interface ServerVad {
  type: 'server_vad';
  threshold: number;
  prefix_padding_ms: number;
  silence_duration_ms: number;
  idle_timeout_ms: number | null;
  create_response: boolean;
  interrupt_response: boolean;
}

export interface SemanticVad {
  type: 'semantic_vad';
  eagerness: 'low' | 'medium' | 'high' | 'auto';
  create_response: boolean;
  interrupt_response: boolean;
}

export type TurnDetection = ServerVad | SemanticVad | null;

export interface FunctionTool {
  type: 'function';
  name: string;
  description?: string | undefined;
  parameters?: Record<string, unknown> | undefined;
}

/** A function the model may call, or a remote MCP server, which the simulator accepts and never uses. */
export type Tool = FunctionTool | { type: 'mcp'; server_label: string };

export type ToolChoice =
  | 'auto'
  | 'none'
  | 'required'
  | { type: 'function'; name: string }
  | { type: 'mcp'; server_label: string; name?: string | undefined };

export type Modality = 'audio' | 'text';
export type Voice = string | { id: string };

/** The session as the server shows it, keys in captured order (protocol reference, section 3.1). */
export interface SessionObject {
  type: 'realtime';
  object: 'realtime.session';
  id: string;
  model: string;
  output_modalities: Modality[];
  instructions: string;
  tools: Tool[];
  tool_choice: ToolChoice;
  max_output_tokens: number | 'inf';
  tracing: JsonValue;
  truncation: JsonValue;
  prompt: JsonValue;
  /** Unix seconds. */
  expires_at: number;
  audio: {
    input: {
      format: AudioFormat;
      transcription: { model?: string | undefined } | null;
      noise_reduction: JsonValue;
      turn_detection: TurnDetection;
    };
    output: { format: AudioFormat; voice: Voice; speed: number };
  };
  include: string[] | null;
  /** Echoed only once set. Whether OpenAI echoes it then is not known. */
  reasoning?: { effort?: string | undefined };
  /** Echoed only once set. Whether OpenAI echoes it then is not known. */
  parallel_tool_calls?: boolean;
}

/** The instructions a session has before anyone sets some; `session.created` shows them (protocol reference, section 2.2). */
export const DEFAULT_INSTRUCTIONS =
  'You are a simulated voice assistant. Be brief and friendly, and use the tools you are given.';

/** A session nobody has configured yet, with the defaults of its model (protocol reference, section 3.2). */
export function newSession(id: string, model: string, expiresAt: number): SessionObject {
  const reasoning = isReasoningModel(model);
  return {
    type: 'realtime',
    object: 'realtime.session',
    id,
    model,
    output_modalities: ['audio'],
    instructions: DEFAULT_INSTRUCTIONS,
    tools: [],
    tool_choice: 'auto',
    max_output_tokens: 'inf',
    tracing: null,
    truncation: 'auto',
    prompt: null,
    expires_at: expiresAt,
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24000 },
        transcription: null,
        noise_reduction: null,
        turn_detection: defaultServerVad(model),
      },
      output: { format: { type: 'audio/pcm', rate: 24000 }, voice: reasoning ? 'marin' : 'alloy', speed: 1.0 },
    },
    include: null,
  };
}

/** Key order as captured. A partial `turn_detection` is completed from these; whether OpenAI does so too is not known. */
export function defaultServerVad(model: string): ServerVad {
  return {
    type: 'server_vad',
    threshold: 0.5,
    prefix_padding_ms: 300,
    silence_duration_ms: isReasoningModel(model) ? 500 : 200,
    idle_timeout_ms: null,
    create_response: true,
    interrupt_response: true,
  };
}

/** `gpt-realtime-2` and its successors: preambles, `phase`, `reasoning`, `parallel_tool_calls`. */
export function isReasoningModel(model: string): boolean {
  return model.startsWith('gpt-realtime-2') && !model.startsWith('gpt-realtime-2025');
}

/** The session as an event carries it: a copy, so that a later update does not change what a journal remembers. */
export function showSession(session: SessionObject): SessionObject {
  return structuredClone(session);
}
