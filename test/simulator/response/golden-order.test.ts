import type { Scenario } from '../../../simulator';
import { closeAll, list, record, session } from '../support/client';
import { tool } from '../support/tools';
import { appendTurn } from '../support/audio';

afterEach(closeAll);

const LONDON = { city: 'London' };

const PREAMBLE_AND_TWO_CALLS: Scenario = {
  name: 'preamble and two parallel calls',
  heard: ['What is the weather, and what time is it?'],
  turns: [
    {
      steps: [
        { say: 'Let me check both.' },
        {
          calls: [
            { name: 'get_weather', arguments: LONDON },
            { name: 'get_time', arguments: LONDON },
          ],
        },
      ],
    },
    { steps: [{ say: "It's foggy, 12 degrees, five past two." }] },
  ],
};

describe('the order of events', () => {
  it('is that of the reference transcript: voice detection, a preamble and two parallel calls', async () => {
    const { client } = await session({ scenario: PREAMBLE_AND_TWO_CALLS });
    await client.update({ tools: [tool('get_weather'), tool('get_time')] });
    appendTurn(client, 'What is the weather, and what time is it?');
    const done = await client.done();
    await client.next('rate_limits.updated');
    expect(condensed(client.types())).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_item.added',
      'conversation.item.added',
      'response.function_call_arguments.delta',
      'response.output_item.added',
      'conversation.item.added',
      'response.function_call_arguments.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.function_call_arguments.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.function_call_arguments.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    for (const call of list(done['output']).slice(1).reverse()) {
      client.send({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: call['call_id'], output: '{}' },
      });
    }
    client.send({ type: 'response.create' });
    const before = client.events.length;
    await client.next('rate_limits.updated');
    expect(condensed(client.types().slice(before))).toEqual([
      'conversation.item.added',
      'conversation.item.done',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
  });

  it('names the item before each, save in the closing event of a preamble', async () => {
    const { client } = await session({ scenario: PREAMBLE_AND_TWO_CALLS });
    await client.update({ tools: [tool('get_weather'), tool('get_time')] });
    appendTurn(client, 'What is the weather?');
    const output = list((await client.done())['output']).map(({ id }) => id);
    const [user] = client.all('input_audio_buffer.committed').map(({ json }) => json['item_id']);
    const previous = (type: string) => client.all(type).map(({ json }) => json['previous_item_id']);
    expect(previous('conversation.item.added')).toEqual([null, user, output[0], output[1]]);
    expect(previous('conversation.item.done')).toEqual([null, null, output[0], output[1]]);
  });

  it('has the keys of every event and item in the captured order', async () => {
    const { client } = await session({ scenario: PREAMBLE_AND_TWO_CALLS });
    await client.update({
      tools: [tool('get_weather'), tool('get_time')],
      audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } },
    });
    appendTurn(client, 'What is the weather?');
    await client.next('rate_limits.updated');
    for (const [type, keys] of Object.entries(KEYS)) {
      const { json } = client.all(type)[0] ?? { json: {} };
      expect([type, Object.keys(json)]).toEqual([type, ['type', 'event_id', ...keys]]);
    }
    for (const { json } of client.all('response.function_call_arguments.delta')) {
      expect(String(json['delta']).length).toBeLessThanOrEqual(6);
    }
    const [message, call] = list(record(client.all('response.done')[0]?.json['response'])['output']);
    expect(Object.keys(record(message))).toEqual(['id', 'type', 'status', 'role', 'content', 'phase']);
    expect(Object.keys(record(call))).toEqual(['id', 'type', 'status', 'name', 'call_id', 'arguments']);
  });

  it('shows the session and the response with their keys in the captured order', async () => {
    const { client } = await session();
    await client.ask('Hello');
    expect(Object.keys(record(client.all('session.created')[0]?.json['session']))).toEqual([
      'type',
      'object',
      'id',
      'model',
      'output_modalities',
      'instructions',
      'tools',
      'tool_choice',
      'max_output_tokens',
      'tracing',
      'truncation',
      'prompt',
      'expires_at',
      'audio',
      'include',
    ]);
    for (const type of ['response.created', 'response.done']) {
      expect(Object.keys(record(client.all(type)[0]?.json['response']))).toEqual([
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
    }
  });

  it('closes each item before the next opens, if the scenario says so', async () => {
    const [turn] = PREAMBLE_AND_TWO_CALLS.turns ?? [];
    if (turn === undefined) throw new Error('the scenario has a turn');
    const { client } = await session({ scenario: { name: 'sequential', turns: [{ ...turn, order: 'sequential' }] } });
    await client.update({ tools: [tool('get_weather'), tool('get_time')] });
    await client.ask('Both, please.');
    const ofItems = client.events.filter(({ type }) => type.startsWith('response.output_item'));
    expect(ofItems.map(({ type, json }) => [type.split('.').at(-1), json['output_index']])).toEqual([
      ['added', 0],
      ['done', 0],
      ['added', 1],
      ['done', 1],
      ['added', 2],
      ['done', 2],
    ]);
  });

  it('puts event_id first for a server that does so', async () => {
    const { client } = await session({ scenario: { name: 'other keys', quirks: { event_id_first: true } } });
    expect(client.events[0]?.raw.startsWith('{"event_id":"event_')).toBe(true);
  });
});

/** The keys after `type` and `event_id` (protocol reference, section 8). */
const KEYS: Record<string, string[]> = {
  'input_audio_buffer.speech_started': ['audio_start_ms', 'item_id'],
  'input_audio_buffer.speech_stopped': ['audio_end_ms', 'item_id'],
  'input_audio_buffer.committed': ['previous_item_id', 'item_id'],
  'conversation.item.added': ['previous_item_id', 'item'],
  'conversation.item.done': ['previous_item_id', 'item'],
  'conversation.item.input_audio_transcription.delta': ['item_id', 'content_index', 'delta', 'obfuscation'],
  'conversation.item.input_audio_transcription.completed': ['item_id', 'content_index', 'transcript', 'usage'],
  'response.created': ['response'],
  'response.output_item.added': ['response_id', 'output_index', 'item'],
  'response.content_part.added': ['response_id', 'item_id', 'output_index', 'content_index', 'part'],
  'response.output_audio_transcript.delta': [
    'response_id',
    'item_id',
    'output_index',
    'content_index',
    'delta',
    'obfuscation',
  ],
  'response.output_audio.delta': ['response_id', 'item_id', 'output_index', 'content_index', 'delta'],
  'response.function_call_arguments.delta': [
    'response_id',
    'item_id',
    'output_index',
    'call_id',
    'delta',
    'obfuscation',
  ],
  'response.output_audio.done': ['response_id', 'item_id', 'output_index', 'content_index'],
  'response.output_audio_transcript.done': ['response_id', 'item_id', 'output_index', 'content_index', 'transcript'],
  'response.content_part.done': ['response_id', 'item_id', 'output_index', 'content_index', 'part'],
  'response.function_call_arguments.done': ['response_id', 'item_id', 'output_index', 'call_id', 'name', 'arguments'],
  'response.output_item.done': ['response_id', 'output_index', 'item'],
  'response.done': ['response'],
  'rate_limits.updated': ['rate_limits'],
};

/** A run of the same type counts once. */
function condensed(types: string[]): string[] {
  return types.filter((type, index) => type !== types[index - 1]);
}
