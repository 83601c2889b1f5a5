import { isJsonObject, pick, type JsonObject } from '../json';
import { isFailureCode, failures } from '../protocol/errors';
import { type Item } from '../protocol/upstream';

/**
 * Objects of the protocol rebuilt for a client from allow-lists, so that a member nobody has thought of stays behind
 * (protocol reference, section 9.1).
 */

/** A session without what makes it ours: no tools, no instructions, no prompt, no tracing. */
export function scrubSession(session: JsonObject): JsonObject {
  const { audio, ...shown } = pick(session, [
    'type',
    'object',
    'id',
    'model',
    'output_modalities',
    'max_output_tokens',
    'truncation',
    'expires_at',
    'audio',
  ]);
  return {
    ...shown,
    instructions: '',
    tools: [],
    tool_choice: 'auto',
    tracing: null,
    prompt: null,
    ...(isJsonObject(audio) ? { audio: scrubAudio(audio) } : {}),
    include: null,
  };
}

/** A response without tool items and without the words of upstream's errors. */
export function scrubResponse(response: JsonObject): JsonObject {
  const shown = pick(response, [
    'object',
    'id',
    'status',
    'status_details',
    'output',
    'conversation_id',
    'output_modalities',
    'max_output_tokens',
    'audio',
    'usage',
    'metadata',
  ]);
  const { status_details: details, output, audio } = shown;
  if (isJsonObject(details)) shown['status_details'] = scrubDetails(details);
  if (Array.isArray(output)) shown['output'] = output.filter(isVisible).map(scrubItem);
  if (isJsonObject(audio)) shown['audio'] = scrubAudio(audio);
  return shown;
}

/** An item a client may see, without members that are not the conversation's. */
export function scrubItem(item: JsonObject): JsonObject {
  const shown = pick(item, ['id', 'object', 'type', 'status', 'role', 'content', 'phase']);
  const { content } = shown;
  if (Array.isArray(content)) shown['content'] = content.filter(isJsonObject).filter(isVisiblePart).map(scrubPart);
  return shown;
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
  return pick(part, ['type', 'text', 'transcript', 'audio', 'format', 'image_url', 'detail']);
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

function scrubAudio(audio: JsonObject): JsonObject {
  const shown = pick(audio, ['input', 'output']);
  const { input, output } = shown;
  if (isJsonObject(input)) {
    const scrubbed = pick(input, ['format', 'transcription', 'noise_reduction', 'turn_detection']);
    const { transcription } = scrubbed;
    if (isJsonObject(transcription)) scrubbed['transcription'] = pick(transcription, ['model', 'language']);
    shown['input'] = scrubbed;
  }
  if (isJsonObject(output)) shown['output'] = pick(output, ['format', 'voice', 'speed']);
  return shown;
}

function scrubDetails(details: JsonObject): JsonObject {
  const shown = pick(details, ['type', 'reason', 'error']);
  const { error } = shown;
  if (isJsonObject(error)) shown['error'] = scrubError(error);
  return shown;
}

/** The `type`, `code` and `message` of an error, in our own words. */
export function scrubError(error: JsonObject): { type: string; code: string; message: string } {
  const type = error['type'] === 'invalid_request_error' ? 'invalid_request_error' : 'server_error';
  const code = error['code'];
  return typeof code === 'string' && isFailureCode(code)
    ? { type, code, message: failures[code].text }
    : { type, code: 'upstream_error', message: 'The request could not be processed.' };
}
