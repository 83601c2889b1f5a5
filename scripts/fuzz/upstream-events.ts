import { type Tree } from './json';
import { type Random, type Some } from './random';
import * as secrets from './secrets';

/** An event as upstream sends it. */
export interface UpstreamEvent {
  readonly tree: Tree;
  /** It passes as it came, because nothing of a tool can be in it: upstream is trusted not to put it there. */
  readonly isPlain: boolean;
}

const responseIds: Some<string> = ['resp_1', 'resp_2', 'resp_3'];
const itemIds: Some<string> = ['item_1', 'item_2', 'item_3'];
const statuses: Some<string> = ['completed', 'completed', 'incomplete', 'in_progress'];

const message = (random: Random): Tree => ({
  id: random.pick(itemIds),
  type: 'message',
  status: random.pick(statuses),
  role: random.pick(['assistant', 'assistant', 'user']),
  content: [{ type: random.pick(['output_audio', 'audio', 'input_text', 'tool_use']), transcript: 'Hello' }],
});

const toolItem = (random: Random): Tree => ({
  id: random.pick(secrets.hiddenItemIds),
  type: random.pick([
    'function_call',
    'function_call',
    'function_call',
    'function_call_output',
    'mcp_call',
    'new_kind',
  ]),
  status: random.pick(statuses),
  call_id: random.pick(secrets.callIds),
  name: random.pick(secrets.toolNames),
  arguments: random.pick(secrets.toolArguments),
  output: secrets.toolOutput,
});

const systemItem = (random: Random): Tree => ({
  id: random.pick(secrets.hiddenItemIds),
  type: 'message',
  role: random.pick(['system', 'developer']),
  content: [{ type: 'input_text', text: secrets.instructions }],
});

const item = (random: Random): Tree => random.pick([message, message, toolItem, toolItem, systemItem])(random);
const anyItemId = (random: Random) => random.pick([...itemIds, ...secrets.hiddenItemIds] as Some<string>);
const previous = (random: Random) => (random.chance(0.3) ? null : anyItemId(random));

const failure = (random: Random): Tree => ({
  type: random.pick(['invalid_request_error', 'server_error']),
  code: random.pick([
    null,
    'invalid_value',
    'conversation_already_has_active_response',
    'response_cancel_not_active',
    'rate_limit_exceeded',
    secrets.toolNames[0],
    ...(random.chance(0.02) ? (['insufficient_quota', 'session_expired'] as const) : []),
  ]),
  message: `Tool ${secrets.toolNames[0]} of ${secrets.callIds[0]} failed`,
  param: random.pick([null, `session.tools[0].${secrets.toolNames[0]}`, 'item.content']),
  event_id: random.pick([null, 'mine', 'rly_cc_2', 'rly_rc_3', 'rly_out_4', 'rly_rc_9']),
});

const response = (random: Random): Tree => ({
  object: 'realtime.response',
  id: random.pick(responseIds),
  status: random.pick(['completed', 'completed', 'cancelled', 'failed', 'incomplete', 'in_progress']),
  status_details: random.pick([
    null,
    { type: 'cancelled', reason: 'turn_detected' },
    { type: 'cancelled', reason: 'client_cancelled' },
    { type: 'failed', error: failure(random) },
  ]),
  output: random.chance(0.5) ? [item(random), item(random)] : [],
  conversation_id: random.pick(['conv_1', 'conv_1', 'conv_1', null]),
  output_modalities: ['audio'],
  audio: { output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' } },
  usage: random.pick([null, { total_tokens: 3, input_token_details: { text_tokens: 1 } }]),
  metadata: random.pick([null, { mine: 'x' }]),
});

const session = (random: Random): Tree => ({
  type: 'realtime',
  id: 'sess_1',
  model: 'gpt-realtime-2.1',
  instructions: secrets.instructions,
  tools: [{ type: 'function', name: secrets.toolNames[0], parameters: {} }],
  tool_choice: { type: 'function', name: secrets.toolNames[0] },
  prompt: { id: secrets.mark },
  tracing: { workflow_name: secrets.mark },
  audio: {
    input: { turn_detection: random.pick([null, { type: 'server_vad', create_response: random.chance(0.7) }]) },
    output: { format: { type: random.pick(['audio/pcm', 'audio/pcmu']) }, voice: 'marin' },
  },
});

const inResponse = (random: Random): Tree => ({
  response_id: random.pick(responseIds),
  item_id: random.pick(itemIds),
  output_index: random.below(3),
  content_index: 0,
});

const part = (random: Random): Tree => ({ type: random.pick(['audio', 'text', 'tool_use']), text: 'Hello' });

const looked: Some<(random: Random) => Tree> = [
  (random) => ({ type: 'session.created', session: session(random) }),
  (random) => ({ type: 'session.updated', session: session(random) }),
  (random) => ({ type: 'error', error: failure(random) }),
  (random) => ({ type: 'response.created', response: { ...response(random), status: 'in_progress', output: [] } }),
  (random) => ({ type: 'response.created', response: response(random) }),
  (random) => ({ type: 'response.done', response: response(random) }),
  (random) => ({ type: 'response.done', response: response(random) }),
  (random) => ({ type: 'response.output_item.added', ...inResponse(random), item: item(random) }),
  (random) => ({ type: 'response.output_item.done', ...inResponse(random), item: item(random) }),
  (random) => ({ type: 'response.output_item.done', ...inResponse(random), item: toolItem(random) }),
  (random) => ({
    type: 'response.function_call_arguments.delta',
    ...inResponse(random),
    call_id: random.pick(secrets.callIds),
    delta: secrets.mark,
  }),
  (random) => ({
    type: 'response.function_call_arguments.done',
    ...inResponse(random),
    item_id: random.pick(secrets.hiddenItemIds),
    call_id: random.pick(secrets.callIds),
    name: random.pick([null, ...secrets.toolNames]),
    arguments: random.pick(secrets.toolArguments),
  }),
  (random) => ({ type: 'response.mcp_call.in_progress', item_id: random.pick(secrets.hiddenItemIds) }),
  () => ({ type: 'mcp_list_tools.failed', item_id: secrets.hiddenItemIds[0] }),
  () => ({ type: 'rate_limits.updated', rate_limits: [{ name: secrets.mark }] }),
  (random) => ({ type: 'conversation.item.added', previous_item_id: previous(random), item: item(random) }),
  (random) => ({ type: 'conversation.item.created', previous_item_id: previous(random), item: item(random) }),
  (random) => ({ type: 'conversation.item.done', previous_item_id: previous(random), item: item(random) }),
  (random) => ({ type: 'conversation.item.retrieved', item: item(random) }),
  (random) => ({ type: 'conversation.item.deleted', item_id: anyItemId(random) }),
  (random) => ({ type: 'conversation.item.truncated', item_id: anyItemId(random), content_index: 0, audio_end_ms: 1 }),
  (random) => ({
    type: 'conversation.item.input_audio_transcription.failed',
    item_id: anyItemId(random),
    error: failure(random),
  }),
  (random) => ({
    type: 'input_audio_buffer.committed',
    previous_item_id: previous(random),
    item_id: random.pick(itemIds),
  }),
  (random) => ({
    type: 'response.content_part.added',
    ...inResponse(random),
    item_id: anyItemId(random),
    part: part(random),
  }),
  (random) => ({
    type: 'response.content_part.done',
    ...inResponse(random),
    item_id: anyItemId(random),
    part: part(random),
  }),
  (random) => ({ type: 'response.tool_search.done', item_id: anyItemId(random) }),
  (random) => ({ type: 'conversation.item.new_kind', item: toolItem(random) }),
];

const plain: Some<(random: Random) => Tree> = [
  (random) => ({ type: 'response.output_audio.delta', ...inResponse(random), delta: 'AAAA' }),
  (random) => ({ type: 'response.output_audio.delta', ...inResponse(random), delta: 'A'.repeat(640) }),
  (random) => ({ type: 'response.output_audio_transcript.delta', ...inResponse(random), delta: 'Hello' }),
  (random) => ({ type: 'response.output_text.done', ...inResponse(random), text: 'Hello' }),
  (random) => ({ type: 'input_audio_buffer.speech_started', audio_start_ms: 1, item_id: random.pick(itemIds) }),
  (random) => ({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 2, item_id: random.pick(itemIds) }),
  () => ({ type: 'input_audio_buffer.cleared' }),
  (random) => ({
    type: 'conversation.item.input_audio_transcription.completed',
    item_id: random.pick(itemIds),
    content_index: 0,
    transcript: 'Hello',
  }),
  () => ({ type: 'new.event', text: 'Hello' }),
];

/** Any event of upstream, with marks wherever no client may look. */
export function upstreamEvent(random: Random): UpstreamEvent {
  const isPlain = random.chance(0.25);
  const tree = random.pick(isPlain ? plain : looked)(random);
  return { tree: { ...tree, event_id: `event_${random.below(1_000)}` }, isPlain };
}
