import fc from 'fast-check';
import { hostile, secrets, secretThing } from './hostile';

const responseId = fc.constantFrom('resp_0', 'resp_1', 'resp_2');
const userItemId = fc.constantFrom('item_1', 'item_2');
const itemId = fc.constantFrom('item_1', 'item_2', 'item_3', secrets.item, `item_${secrets.call}`);
const place = fc.nat(3);
const index = fc.constant(0);
const words = fc.constantFrom('Hello', '');
const eventId = fc.constant('event_1');

const part = hostile({
  type: fc.constantFrom('audio', 'text', 'output_text', 'output_audio', 'input_text', 'tool_use'),
  text: words,
  transcript: words,
});

const message = hostile({
  id: fc.constantFrom('item_1', 'item_2', 'item_3'),
  type: fc.constant('message'),
  status: fc.constantFrom('completed', 'in_progress', 'incomplete'),
  role: fc.constantFrom('user', 'assistant'),
  content: fc.array(part, { maxLength: 2 }),
  phase: fc.constant('commentary'),
});

const toolItem = hostile({
  id: fc.constantFrom(secrets.item, 'item_SECRET_2'),
  type: fc.constantFrom('function_call', 'function_call_output', 'mcp_call', 'mcp_list_tools', 'reasoning', 'new_kind'),
  status: fc.constantFrom('completed', 'in_progress', 'incomplete'),
  call_id: fc.constantFrom(secrets.call, 'SECRET_call_2'),
  name: fc.constant(secrets.tool),
  arguments: fc.constant(secrets.arguments),
  output: fc.constant(secrets.output),
});

const systemItem = hostile({
  id: fc.constant('item_SECRET_3'),
  type: fc.constant('message'),
  role: fc.constantFrom('system', 'developer'),
  content: fc.constant([{ type: 'input_text', text: secrets.instructions }]),
});

const item = fc.oneof(message, toolItem, systemItem);

const format = hostile({ type: fc.constantFrom('audio/pcm', 'audio/pcmu'), rate: fc.constant(24000) });

const failure = hostile({
  type: fc.constantFrom('invalid_request_error', 'server_error', secrets.tool),
  code: fc.constantFrom('invalid_value', 'server_error', 'rate_limit_exceeded', secrets.tool, null),
  message: fc.constant(`Tool ${secrets.tool} of ${secrets.call} failed`),
  param: fc.constantFrom(null, `session.tools[0].${secrets.tool}`, secrets.tool, 'item.content'),
  event_id: fc.constantFrom(null, 'mine', 'rly_out_1'),
});

const response = hostile({
  object: fc.constant('realtime.response'),
  id: responseId,
  status: fc.constantFrom('completed', 'cancelled', 'failed', 'incomplete', 'in_progress'),
  status_details: fc.oneof(
    fc.constant(null),
    hostile({
      type: fc.constant('failed'),
      reason: fc.constantFrom('turn_detected', 'client_cancelled'),
      error: failure,
    }),
  ),
  output: fc.array(item, { maxLength: 3 }),
  conversation_id: fc.constantFrom('conv_1', 'conv_1', null),
  output_modalities: fc.constant(['audio']),
  max_output_tokens: fc.constant('inf'),
  audio: hostile({ output: hostile({ format, voice: fc.constant('marin') }) }),
  usage: fc.oneof(
    fc.constant(null),
    hostile({ total_tokens: fc.nat(), input_token_details: hostile({ text_tokens: fc.nat() }) }),
  ),
  metadata: fc.constantFrom(null, { mine: 'x' }),
});

const session = hostile({
  type: fc.constant('realtime'),
  id: fc.constant('sess_1'),
  model: fc.constant('gpt-realtime-2.1'),
  instructions: fc.constant(secrets.instructions),
  tools: fc.array(secretThing, { maxLength: 2 }),
  tool_choice: fc.constant({ type: 'function', name: secrets.tool }),
  prompt: fc.option(secretThing),
  tracing: fc.option(secretThing),
  truncation: fc.oneof(fc.constant('auto'), hostile({ type: fc.constant('retention_ratio') })),
  audio: hostile({
    input: hostile({
      format,
      transcription: fc.option(hostile({ model: fc.constant('m') })),
      noise_reduction: fc.option(hostile({ type: fc.constant('near_field') })),
      turn_detection: fc.option(hostile({ type: fc.constant('server_vad'), create_response: fc.boolean() })),
    }),
    output: hostile({ format, voice: fc.constant('marin'), speed: fc.constant(1) }),
  }),
  include: fc.constant(null),
});

const previous = fc.option(itemId);

/** An event of a known type. */
const typed = (type: string, shape: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  hostile({ type: fc.constant(type), event_id: eventId, ...shape });

/** An event that passes as it came, because nothing of it can be of a tool: with exactly the members it has. */
const plain = (type: string, shape: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.record({ type: fc.constant(type), event_id: eventId, ...shape });

const content = { response_id: responseId, item_id: userItemId, output_index: place, content_index: index };

const knownEvent = fc.oneof(
  typed('session.created', { session }),
  typed('session.updated', { session }),
  typed('error', { error: failure }),
  typed('response.created', { response }),
  typed('response.done', { response }),
  typed('response.output_item.added', { response_id: responseId, output_index: place, item }),
  typed('response.output_item.done', { response_id: responseId, output_index: place, item }),
  typed('response.function_call_arguments.delta', { ...content, call_id: fc.constant(secrets.call), delta: words }),
  typed('response.function_call_arguments.done', {
    ...content,
    item_id: itemId,
    call_id: fc.constantFrom(secrets.call, 'SECRET_call_2'),
    name: fc.constantFrom(secrets.tool, null),
    arguments: fc.constant(secrets.arguments),
  }),
  typed('response.mcp_call.in_progress', { item_id: itemId }),
  typed('response.mcp_call_arguments.done', { item_id: itemId, arguments: fc.constant(secrets.arguments) }),
  typed('mcp_list_tools.failed', { item_id: itemId }),
  typed('rate_limits.updated', { rate_limits: secretThing }),
  typed('conversation.item.added', { previous_item_id: previous, item }),
  typed('conversation.item.created', { previous_item_id: previous, item }),
  typed('conversation.item.done', { previous_item_id: previous, item }),
  typed('conversation.item.retrieved', { item }),
  typed('conversation.item.deleted', { item_id: itemId }),
  typed('conversation.item.truncated', { item_id: itemId, content_index: index, audio_end_ms: fc.nat() }),
  typed('conversation.item.input_audio_transcription.failed', {
    item_id: itemId,
    content_index: index,
    error: failure,
  }),
  typed('input_audio_buffer.committed', { previous_item_id: previous, item_id: userItemId }),
  typed('response.content_part.added', { ...content, item_id: itemId, part }),
  typed('response.content_part.done', { ...content, item_id: itemId, part }),
  plain('response.output_audio.delta', { ...content, delta: fc.constant('AAAA') }),
  plain('response.output_text.delta', { ...content, delta: words }),
  plain('response.output_audio_transcript.done', { ...content, transcript: words }),
  plain('input_audio_buffer.speech_started', { audio_start_ms: fc.nat(), item_id: userItemId }),
  plain('input_audio_buffer.speech_stopped', { audio_end_ms: fc.nat(), item_id: userItemId }),
  plain('input_audio_buffer.cleared', {}),
);

/** An event nobody has heard of; tool outputs in it stand where tools put them. */
const unknownEvent = fc.oneof(
  typed('response.tool_search.in_progress', { item_id: itemId }),
  typed('conversation.item.new_kind', { item }),
  plain('new.event', { text: fc.constantFrom(secrets.tool, secrets.call, secrets.arguments, secrets.item, 'plain') }),
  plain('new.event', { text: words, [secrets.tool]: words }),
  plain('new.event', { text: words, more: secretThing }),
);

/** Whatever upstream might send, with secrets wherever no client may see them. */
export const upstreamEvent: fc.Arbitrary<Record<string, unknown>> = fc.oneof(knownEvent, knownEvent, unknownEvent);
