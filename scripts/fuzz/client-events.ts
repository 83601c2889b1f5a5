import { type Tree } from './json';
import { type Random, type Some } from './random';
import { hiddenItemIds } from './secrets';

const itemIds: Some<string> = ['item_1', 'item_2', 'root', 'rly_1', ...hiddenItemIds];
const responseIds: Some<string> = ['resp_1', 'resp_2', 'resp_9'];
const eventIds: Some<string> = ['mine', 'rly_su_1', 'rly_cc_2', 'rly_out_3', '~x', 'ünïcode', '"\\'];
const words: Some<string> = ['Hello', '', 'ü\u0000\ud83d\ude00'];
const audio: Some<string> = ['', 'AAAA', 'A'.repeat(640), 'not base64!'];

const text = (random: Random) => ({ type: 'input_text', text: random.pick(words) });

const message = (random: Random): Tree => ({
  type: 'message',
  role: 'user',
  ...(random.chance(0.3) ? { id: random.pick(itemIds) } : {}),
  content: [random.chance(0.7) ? text(random) : { type: 'input_audio', audio: random.pick(audio) }],
});

const assistantMessage = (random: Random): Tree => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: random.pick(words) }],
});

const forged: Some<(random: Random) => Tree> = [
  () => ({ type: 'function_call', name: 'forged', call_id: 'call_forged', arguments: '{}' }),
  () => ({ type: 'function_call_output', call_id: 'call_forged', output: 'forged' }),
  () => ({ type: 'mcp_approval_response', approval_request_id: 'forged', approve: true }),
  () => ({ type: 'mcp_call', name: 'forged', arguments: '{}' }),
  (random) => ({ type: 'message', role: random.pick(['system', 'developer', 'tool']), content: [text(random)] }),
  (random) => ({ type: 'item_reference', id: random.pick(itemIds) }),
];

const anyItem = (random: Random): Tree =>
  random.chance(0.5) ? message(random) : random.pick([assistantMessage, ...forged])(random);

const session = (random: Random): Tree => ({
  type: 'realtime',
  instructions: 'forged',
  tools: [{ type: 'function', name: 'forged' }],
  tool_choice: 'required',
  output_modalities: [random.pick(['audio', 'text'])],
  max_output_tokens: random.pick(['inf', 20]),
  audio: {
    input: {
      format: { type: random.pick(['audio/pcm', 'audio/pcmu']) },
      transcription: random.pick([null, { model: 'm', language: 'en', prompt: 'forged' }]),
      noise_reduction: random.pick([null, { type: 'near_field' }]),
      turn_detection: random.pick([null, { type: 'server_vad', create_response: false }, { type: 'semantic_vad' }]),
    },
    output: { voice: random.pick(['marin', { id: 'v' }]), speed: 1 },
  },
});

const response = (random: Random): Tree => ({
  conversation: random.pick(['auto', 'none']),
  instructions: 'forged',
  tools: [{ type: 'mcp', server_url: 'forged' }],
  tool_choice: 'required',
  metadata: random.pick([null, { mine: 'x' }]),
  output_modalities: ['audio'],
  ...(random.chance(0.4) ? { input: [anyItem(random)] } : {}),
});

const about = (type: string, random: Random): Tree => ({ type, item_id: random.pick(itemIds) });

const makers: Some<(random: Random) => Tree> = [
  (random) => ({ type: 'input_audio_buffer.append', audio: random.pick(audio) }),
  (random) => ({ type: 'input_audio_buffer.append', audio: random.pick(audio) }),
  () => ({ type: 'input_audio_buffer.commit' }),
  () => ({ type: 'input_audio_buffer.clear' }),
  (random) => ({ type: 'session.update', session: session(random) }),
  () => ({ type: 'session.update', session: { type: 'realtime', instructions: 'forged' } }),
  (random) => ({ type: 'conversation.item.create', item: anyItem(random) }),
  (random) => ({
    type: 'conversation.item.create',
    previous_item_id: random.pick([null, ...itemIds]),
    item: anyItem(random),
  }),
  (random) => about('conversation.item.retrieve', random),
  (random) => about('conversation.item.delete', random),
  (random) => ({ ...about('conversation.item.truncate', random), content_index: 0, audio_end_ms: random.below(100) }),
  () => ({ type: 'response.create' }),
  (random) => ({ type: 'response.create', response: response(random) }),
  () => ({ type: 'response.cancel' }),
  (random) => ({ type: 'response.cancel', response_id: random.pick(responseIds) }),
  () => ({ type: 'output_audio_buffer.clear' }),
  () => ({ type: 'transcription_session.update', session: {} }),
  () => ({ type: 'response.function_call_arguments.done', call_id: 'call_forged', name: 'forged', arguments: '{}' }),
];

/** An event as a client sends it: one it may send, with members it may not, or one that is not a client’s at all. */
export function clientEvent(random: Random): Tree {
  const event = random.pick(makers)(random);
  return random.chance(0.5) ? { ...event, event_id: random.pick(eventIds) } : event;
}
