import fc from 'fast-check';
import { judgeFrame, MAX_APPEND_CHARACTERS } from '../../../simulator/validate/client-event';
import { tool } from '../support/tools';

const session = (fields: Record<string, unknown>) => ({
  type: 'session.update',
  session: { type: 'realtime', ...fields },
});
const input = (fields: Record<string, unknown>) => session({ audio: { input: fields } });
const output = (fields: Record<string, unknown>) => session({ audio: { output: fields } });
const item = (fields: Record<string, unknown>) => ({ type: 'conversation.item.create', item: fields });
const response = (fields: Record<string, unknown>) => ({ type: 'response.create', response: fields });
const message = (role: string, part: Record<string, unknown>) => item({ type: 'message', role, content: [part] });

describe('a client event', () => {
  it.each([
    session({}),
    session({ instructions: '', tools: [tool('a'), tool('b')], tool_choice: { type: 'function', name: 'a' } }),
    session({ tools: [{ type: 'mcp', server_label: 'x', server_url: 'https://example.com' }] }),
    session({
      tracing: 'auto',
      truncation: { type: 'retention_ratio', retention_ratio: 0.5 },
      max_output_tokens: 4096,
    }),
    input({ format: { type: 'audio/pcmu' }, noise_reduction: null, transcription: { model: 'whisper-1' } }),
    input({ turn_detection: { type: 'semantic_vad', eagerness: 'low' } }),
    input({ turn_detection: null }),
    output({ format: { type: 'audio/pcm', rate: 24000 }, voice: { id: 'voice_1' }, speed: 1.5 }),
    { type: 'input_audio_buffer.append', audio: 'AAAA', event_id: 'mine' },
    message('user', { type: 'input_text', text: 'hello' }),
    message('user', { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }),
    message('assistant', { type: 'output_text', text: 'hello' }),
    message('system', { type: 'input_text', text: 'hello' }),
    item({ type: 'function_call', name: 'a', arguments: '{}', call_id: 'call_1' }),
    item({ type: 'function_call_output', call_id: 'call_1', output: '' }),
    { type: 'response.create' },
    response({ conversation: 'none', metadata: { topic: 'x' }, input: [{ type: 'item_reference', id: 'item_1' }] }),
    { type: 'response.cancel', response_id: 'resp_1' },
  ])('passes: %j', (event) => {
    expect(judgeFrame(JSON.stringify(event))).toMatchObject({ ok: true });
  });

  it.each([
    ['missing_required_parameter', 'type', {}],
    ['invalid_event', 'type', { type: 'session.destroy' }],
    ['invalid_event', 'type', { type: 'transcription_session.update', session: {} }],
    ['invalid_event', 'type', { type: 7 }],
    ['invalid_event', 'type', { type: 'toString' }],
    ['missing_required_parameter', 'session', { type: 'session.update' }],
    ['missing_required_parameter', 'session.type', { type: 'session.update', session: {} }],
    ['invalid_value', 'session.type', { type: 'session.update', session: { type: 'transcription' } }],
    ['unknown_parameter', 'other', { type: 'response.create', other: 1 }],
    ['unknown_parameter', 'session.temperature', session({ temperature: 0.8 })],
    ['unknown_parameter', 'session.voice', session({ voice: 'marin' })],
    ['unknown_parameter', 'session.id', session({ id: 'sess_1' })],
    [
      'unknown_parameter',
      'session.audio.input.turn_detection.foo',
      input({ turn_detection: { type: 'server_vad', foo: 1 } }),
    ],
    [
      'invalid_value',
      'session.audio.input.turn_detection.threshold',
      input({ turn_detection: { type: 'server_vad', threshold: 2 } }),
    ],
    [
      'invalid_value',
      'session.audio.input.turn_detection.idle_timeout_ms',
      input({ turn_detection: { type: 'server_vad', idle_timeout_ms: 1000 } }),
    ],
    [
      'unknown_parameter',
      'session.audio.input.turn_detection.threshold',
      input({ turn_detection: { type: 'semantic_vad', threshold: 0.5 } }),
    ],
    ['invalid_value', 'session.audio.input.turn_detection.type', input({ turn_detection: { type: 'none' } })],
    ['invalid_value', 'session.audio.input.format', input({ format: 'pcm16' })],
    ['invalid_value', 'session.audio.input.format.rate', input({ format: { type: 'audio/pcm', rate: 16000 } })],
    ['unknown_parameter', 'session.audio.input.format.rate', input({ format: { type: 'audio/pcmu', rate: 8000 } })],
    ['invalid_value', 'session.audio.input.transcription.model', input({ transcription: { model: 7 } })],
    ['invalid_value', 'session.audio.output.voice', output({ voice: 'nobody' })],
    ['invalid_value', 'session.audio.output.speed', output({ speed: 2 })],
    ['invalid_value', 'session.output_modalities', session({ output_modalities: ['audio', 'text'] })],
    ['invalid_value', 'session.output_modalities[0]', session({ output_modalities: ['video'] })],
    ['invalid_value', 'session.max_output_tokens', session({ max_output_tokens: 5000 })],
    [
      'unknown_parameter',
      'session.tools[0].function',
      session({ tools: [{ type: 'function', name: 'a', function: {} }] }),
    ],
    ['unknown_parameter', 'session.tools[0].strict', session({ tools: [{ ...tool('a'), strict: true }] })],
    ['missing_required_parameter', 'session.tools[0].name', session({ tools: [{ type: 'function' }] })],
    ['invalid_value', 'session.tools[0].name', session({ tools: [tool('two words')] })],
    ['invalid_value', 'session.tools[1].name', session({ tools: [tool('a'), tool('a')] })],
    [
      'invalid_value',
      'session.tools[0].parameters',
      session({ tools: [{ ...tool('a'), parameters: { type: 'string' } }] }),
    ],
    [
      'invalid_value',
      'session.tools[0].parameters',
      session({ tools: [{ ...tool('a'), parameters: { type: 'object', properties: { x: { type: 'array' } } } }] }),
    ],
    ['invalid_value', 'session.tool_choice', session({ tool_choice: 'always' })],
    ['missing_required_parameter', 'session.tool_choice.name', session({ tool_choice: { type: 'function' } })],
    ['missing_required_parameter', 'audio', { type: 'input_audio_buffer.append' }],
    [
      'string_above_max_length',
      'item.id',
      item({ id: 'x'.repeat(33), type: 'function_call_output', call_id: 'c', output: '' }),
    ],
    ['invalid_value', 'item.id', item({ id: 'a b', type: 'function_call_output', call_id: 'c', output: '' })],
    ['invalid_value', 'item.content[0].type', message('user', { type: 'output_text', text: 'x' })],
    ['invalid_value', 'item.content[0].type', message('assistant', { type: 'input_text', text: 'x' })],
    ['invalid_value', 'item.content[0].type', message('assistant', { type: 'output_audio', transcript: 'x' })],
    ['invalid_value', 'item.content[0].audio', message('user', { type: 'input_audio', audio: 'not base64' })],
    ['invalid_value', 'item.output', item({ type: 'function_call_output', call_id: 'c', output: { a: 1 } })],
    ['invalid_value', 'item.type', item({ type: 'item_reference', id: 'item_1' })],
    ['unknown_parameter', 'response.modalities', response({ modalities: ['text'] })],
    ['invalid_value', 'response.conversation', response({ conversation: 'other' })],
    ['invalid_value', 'response.metadata', response({ metadata: many(17) })],
    ['string_above_max_length', 'response.metadata.key', response({ metadata: { key: 'x'.repeat(513) } })],
    ['unknown_parameter', 'response.audio.output.speed', response({ audio: { output: { speed: 1 } } })],
    [
      'invalid_value',
      'audio_end_ms',
      { type: 'conversation.item.truncate', item_id: 'i', content_index: 0, audio_end_ms: 1.5 },
    ],
    [
      'invalid_value',
      'content_index',
      { type: 'conversation.item.truncate', item_id: 'i', content_index: 1, audio_end_ms: 1 },
    ],
  ])('is refused with %s at %s', (code, param, event) => {
    const judged = judgeFrame(JSON.stringify({ event_id: 'mine', ...event }));
    expect(judged).toMatchObject({
      ok: false,
      eventId: 'mine',
      refusal: { type: 'invalid_request_error', code, param },
    });
  });

  it('is refused when one append holds more than 15 MiB', () => {
    const judged = judgeFrame(
      JSON.stringify({ type: 'input_audio_buffer.append', audio: 'A'.repeat(MAX_APPEND_CHARACTERS + 4) }),
    );
    expect(judged).toMatchObject({ ok: false, refusal: { code: 'string_above_max_length', param: 'audio' } });
  });

  it.each(['', '{', 'null', '[]', '"text"', '7'])('is refused when the frame is %j', (frame) => {
    expect(judgeFrame(frame)).toMatchObject({ ok: false, eventId: null });
  });

  it('never throws, whatever the frame', () => {
    const types = fc.constantFrom('session.update', 'response.create', 'conversation.item.create', 'x');
    const event = fc.record(
      { type: types, session: fc.jsonValue(), response: fc.jsonValue(), item: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          event.map((value) => JSON.stringify(value)),
        ),
        (frame) => {
          const judged = judgeFrame(frame);
          return judged.ok || judged.refusal.message !== '';
        },
      ),
    );
  });
});

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']));
}
