import { isJsonObject, type JsonObject } from '../json';
import { keep, type AllowList } from './allow-list';
import { isFailureCode, failures } from '../protocol/errors';
import { type Item } from '../protocol/upstream';

/**
 * Objects of the protocol rebuilt for a client from allow-lists, so that a member nobody has thought of stays behind
 * (protocol reference, section 9.1).
 */

/** A session without what makes it ours: no tools, no instructions, no prompt, no tracing. */
export function scrubSession(session: JsonObject): JsonObject {
  const { audio, ...shown } = keep(session, sessionMembers);
  return {
    ...shown,
    instructions: '',
    tools: [],
    tool_choice: 'auto',
    tracing: null,
    prompt: null,
    ...(audio === undefined ? {} : { audio }),
    include: null,
  };
}

/** A response without tool items and without the words of upstream's errors. */
export function scrubResponse(response: JsonObject): JsonObject {
  return keep(response, responseMembers);
}

/** An item a client may see, without members that are not the conversation's. */
export function scrubItem(item: JsonObject): JsonObject {
  return keep(item, { id: [], object: [], type: [], status: [], role: [], content: scrubContent, phase: [] });
}

/** True for an item of the plain conversation: what the user or the assistant said. */
export function isVisible(item: unknown): item is Item {
  return isJsonObject(item) && item['type'] === 'message' && (item['role'] === 'user' || item['role'] === 'assistant');
}

/** True for a content part that is speech, text or a picture. */
export function isVisiblePart(part: JsonObject): boolean {
  return typeof part['type'] === 'string' && visibleParts.has(part['type']);
}

/** A content part rebuilt from its allow-list. */
export function scrubPart(part: JsonObject): JsonObject {
  return keep(part, ['type', 'text', 'transcript', 'audio', 'format', 'image_url', 'detail']);
}

const visibleParts: ReadonlySet<string> = new Set([
  'text',
  'audio',
  'input_text',
  'input_audio',
  'input_image',
  'output_text',
  'output_audio',
]);

const format: AllowList = ['type', 'rate'];

const audioOutput: AllowList = { format, voice: ['id'], speed: [] };

const sessionMembers: AllowList = {
  type: [],
  object: [],
  id: [],
  model: [],
  output_modalities: [],
  max_output_tokens: [],
  truncation: { type: [], retention_ratio: [], token_limits: ['post_instructions'] },
  expires_at: [],
  audio: {
    input: {
      format,
      transcription: ['model', 'language'],
      noise_reduction: ['type'],
      turn_detection: [
        'type',
        'threshold',
        'prefix_padding_ms',
        'silence_duration_ms',
        'idle_timeout_ms',
        'eagerness',
        'create_response',
        'interrupt_response',
      ],
    },
    output: audioOutput,
  },
};

const tokens = ['text_tokens', 'audio_tokens', 'image_tokens'];

const responseMembers: AllowList = {
  object: [],
  id: [],
  status: [],
  status_details: { type: [], reason: [], error: scrubFailure },
  output: scrubOutput,
  conversation_id: [],
  output_modalities: [],
  max_output_tokens: [],
  audio: { output: audioOutput },
  usage: {
    total_tokens: [],
    input_tokens: [],
    output_tokens: [],
    input_token_details: {
      ...Object.fromEntries(tokens.map((member) => [member, []])),
      cached_tokens: [],
      cached_tokens_details: tokens,
    },
    output_token_details: [...tokens, 'reasoning_tokens'],
  },
  metadata: keepStrings,
};

function scrubOutput(output: unknown): readonly JsonObject[] {
  return Array.isArray(output) ? output.filter(isVisible).map(scrubItem) : [];
}

function scrubContent(content: unknown): readonly JsonObject[] {
  return Array.isArray(content) ? content.filter(isJsonObject).filter(isVisiblePart).map(scrubPart) : [];
}

function scrubFailure(error: unknown): JsonObject | null {
  return isJsonObject(error) ? scrubError(error) : null;
}

/** Metadata is the client's own, whatever its keys. */
function keepStrings(metadata: unknown): JsonObject | null {
  return isJsonObject(metadata) ? keep(metadata, Object.keys(metadata)) : null;
}

/** The `type`, `code` and `message` of an error, in our own words. */
export function scrubError(error: JsonObject): { type: string; code: string; message: string } {
  const type = error['type'] === 'invalid_request_error' ? 'invalid_request_error' : 'server_error';
  const code = error['code'];
  return typeof code === 'string' && isFailureCode(code)
    ? { type, code, message: failures[code].text }
    : { type, code: 'upstream_error', message: 'The request could not be processed.' };
}
