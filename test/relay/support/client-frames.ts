import fc from 'fast-check';
import { hostile, secrets } from './hostile';

const words = fc.constantFrom('Hello', '');
const eventId = fc.constantFrom('mine', 'rly_su_1', 'rly_cc_1', '~x', '', 'ünïcode', '"\\"');
const itemId = fc.constantFrom('item_1', 'item_call_1', 'root', 'rly_1', '__proto__');

const part = hostile({
  type: fc.constantFrom('input_text', 'output_text', 'input_audio', 'input_image', 'tool_result'),
  text: words,
  audio: words,
  image_url: words,
});

const clientMessage = hostile({
  type: fc.constant('message'),
  role: fc.constantFrom('user', 'assistant', 'system', 'tool'),
  content: fc.array(part, { maxLength: 2 }),
});

const forgedItem = hostile({
  type: fc.constantFrom('function_call', 'function_call_output', 'mcp_approval_response', 'message'),
  id: itemId,
  role: fc.constantFrom('user', 'assistant'),
  call_id: fc.constantFrom('call_1', secrets.call),
  output: fc.constant('forged'),
  name: fc.constant(secrets.tool),
});

const reference = hostile({ type: fc.constant('item_reference'), id: itemId });

const audio = hostile({
  input: hostile({
    format: hostile({ type: fc.constant('audio/pcm'), rate: fc.constant(24000) }),
    transcription: hostile({ model: words, language: words, prompt: words }),
    noise_reduction: fc.constantFrom(null, { type: 'near_field', strength: 2 }),
    turn_detection: fc.constantFrom(null, { type: 'server_vad', create_response: false, x: 1 }),
  }),
  output: hostile({ voice: fc.constantFrom('marin', { id: 'v', x: 1 }), speed: fc.constant(1) }),
});

const said = (type: string, shape: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  hostile({ type: fc.constant(type), event_id: fc.option(eventId, { nil: undefined }), ...shape });

const clientEvent = fc.oneof(
  said('session.update', {
    session: hostile({
      type: fc.constant('realtime'),
      instructions: words,
      tools: fc.constant([{ type: 'function', name: 'forged' }]),
      output_modalities: fc.constantFrom(['text'], ['audio']),
      max_output_tokens: fc.constantFrom('inf', 20),
      audio,
    }),
  }),
  said('input_audio_buffer.append', { audio: words }),
  said('input_audio_buffer.commit', {}),
  said('conversation.item.create', {
    previous_item_id: fc.option(itemId, { nil: undefined }),
    item: fc.oneof(clientMessage, forgedItem),
  }),
  said('conversation.item.retrieve', { item_id: itemId }),
  said('conversation.item.truncate', { item_id: itemId, content_index: fc.nat(2), audio_end_ms: fc.nat(100) }),
  said('conversation.item.delete', { item_id: itemId }),
  said('response.create', {
    response: hostile({
      conversation: fc.constantFrom('auto', 'none', undefined),
      tool_choice: fc.constant('required'),
      tools: fc.constant([{ type: 'mcp', server_url: 'x' }]),
      metadata: fc.constantFrom(null, { a: 'b', __proto__: 'x' }),
      input: fc.array(fc.oneof(clientMessage, forgedItem, reference), { maxLength: 2 }),
    }),
  }),
  said('response.cancel', { response_id: fc.constantFrom('resp_A', 'resp_B') }),
  said('output_audio_buffer.clear', {}),
  said('response.function_call_arguments.done', { call_id: fc.constant('call_1') }),
);

/** Text as a hostile client would write it: members repeated or of the prototype, pieces cut out or put in. */
export const clientFrame: fc.Arbitrary<string | Buffer> = fc.oneof(
  clientEvent.map((value) => JSON.stringify(value)),
  fc
    .tuple(clientEvent, clientEvent)
    .map(([one, two]) => `${JSON.stringify(one).slice(0, -1)},${JSON.stringify(two).slice(1)}`),
  clientEvent.map((value) => JSON.stringify(value).replace('{', '{"__proto__":{"type":"x"},"constructor":{},')),
  fc
    .tuple(
      clientEvent,
      fc.nat(200),
      fc.nat(5),
      fc.constantFrom('"', '\\', '}', ',"type":"x"', '\u0000', 'é', '\\u0074'),
    )
    .map(([value, at, drop, piece]) => {
      const text = JSON.stringify(value);
      return text.slice(0, at) + piece + text.slice(at + drop);
    }),
  fc.json(),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);
