import type { Scenario } from '../../../simulator';
import { type Client, closeAll, list, record, session } from '../support/client';
import { tool } from '../support/tools';

afterEach(closeAll);

const CALL = { name: 'look', arguments: { at: 'it' } };

/** A response that goes on until it is cancelled or released. */
const WAITING: Scenario = {
  name: 'waiting',
  turns: [{ steps: [{ say: 'One moment please.' }, { wait_for: 'release' }, { say: 'There it is.' }] }],
};

describe('a response', () => {
  it('is refused while another one is active, in the words of OpenAI', async () => {
    const { simulator, client } = await session({ scenario: WAITING });
    client.send({ type: 'response.create' });
    const created = record((await client.next('response.created')).json['response']);
    const error = await client.refused({ type: 'response.create', event_id: 'mine' });
    expect(error).toEqual({
      type: 'invalid_request_error',
      code: 'conversation_already_has_active_response',
      message: `Conversation already has an active response in progress: ${String(created['id'])}. Wait until the response is finished before creating a new one.`,
      param: null,
      event_id: 'mine',
    });
    (await simulator.session(0)).release();
    expect((await client.done())['status']).toBe('completed');
    expect(client.all('response.created')).toHaveLength(1);
  });

  it('may run beside another one out of band, without touching the conversation', async () => {
    const { simulator, client } = await session({
      scenario: { name: 'two', turns: [...(WAITING.turns ?? []), { steps: [{ say: 'Beside.' }] }] },
    });
    client.send({ type: 'response.create' });
    await client.next('response.content_part.added');
    const before = client.all('conversation.item.added').length;
    client.send({
      type: 'response.create',
      response: { conversation: 'none', output_modalities: ['text'], metadata: { topic: 'aside' }, input: [] },
    });
    const done = await client.done();
    expect(done).toMatchObject({ conversation_id: null, metadata: { topic: 'aside' }, output_modalities: ['text'] });
    expect(list(done['output'])[0]?.['content']).toEqual([{ type: 'output_text', text: 'Beside.' }]);
    expect(client.all('conversation.item.added')).toHaveLength(before);
    expect((await simulator.session(0)).items).toHaveLength(1);
  });

  it('writes text in the order of its kind', async () => {
    const { client } = await session();
    await client.update({ output_modalities: ['text'] });
    await client.ask('Hello');
    await client.next('rate_limits.updated');
    const types = client.types().slice(client.types().indexOf('response.created'));
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
  });

  it('sends deltas that add up to what its done events say', async () => {
    const { client } = await session({
      scenario: { name: 'call', turns: [{ steps: [{ say: 'So be it.' }, { call: CALL }] }] },
    });
    await client.update({ tools: [tool('look')] });
    const output = list((await client.ask('Look'))['output']);
    expect(joined(client, 'response.output_audio_transcript.delta')).toBe('So be it.');
    expect(joined(client, 'response.function_call_arguments.delta')).toBe(output[1]?.['arguments']);
    const audio = client
      .all('response.output_audio.delta')
      .map(({ json }) => Buffer.from(String(json['delta']), 'base64'));
    expect(audio.slice(0, -1).every(({ length }) => length === 12_000)).toBe(true);
  });

  it('counts what it read and said', async () => {
    const { client } = await session();
    const usage = record((await client.ask('Hello'))['usage']);
    const input = record(usage['input_token_details']);
    const output = record(usage['output_token_details']);
    expect(usage['total_tokens']).toBe(Number(usage['input_tokens']) + Number(usage['output_tokens']));
    expect(usage['input_tokens']).toBe(Number(input['text_tokens']) + Number(input['audio_tokens']));
    const audio = client
      .all('response.output_audio.delta')
      .map(({ json }) => Buffer.from(String(json['delta']), 'base64'));
    const ms = audio.reduce((total, { length }) => total + length / 48, 0);
    expect(output['audio_tokens']).toBe(Math.ceil(ms / 50));
  });

  it('reads most of its input from the cache the second time', async () => {
    const { client } = await session();
    await client.update({ instructions: 'Be kind to everyone. '.repeat(50) });
    const cached = async () =>
      record(record((await client.ask('Hello'))['usage'])['input_token_details'])['cached_tokens'];
    expect(await cached()).toBe(0);
    expect(await cached()).toBeGreaterThan(200);
  });

  it('sees exactly the items that are there when it starts', async () => {
    const { client } = await session({
      scenario: { name: 'late', turns: [{ when: { user: 'late' }, steps: [{ say: 'Heard late.' }] }] },
    });
    client.say('early');
    client.send({ type: 'response.create' });
    client.say('late');
    expect(list((await client.done())['output'])[0]?.['content']).not.toMatchObject([{ transcript: 'Heard late.' }]);
    const answered = await client.ask('late again');
    expect(list(answered['output'])[0]?.['content']).toMatchObject([{ transcript: 'Heard late.' }]);
  });
});

describe('cancelling', () => {
  it('ends the active response and closes its items as incomplete', async () => {
    const { client } = await session({
      scenario: cutOff({ say: 'One two three four.', cut_off: { after: 2, by: 'interruption' } }),
    });
    client.send({ type: 'response.create' });
    await client.next('response.output_audio.delta');
    client.send({ type: 'response.cancel' });
    const done = await client.done();
    expect(done).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'client_cancelled' },
    });
    expect(list(done['output'])[0]).toMatchObject({ status: 'incomplete' });
  });

  it('gives no usage for a response that had said nothing', async () => {
    const { client } = await session({ scenario: { name: 'silent', turns: [{ steps: [{ wait_for: 'cancel' }] }] } });
    client.send({ type: 'response.create' });
    client.send({ type: 'response.cancel' });
    expect(await client.done()).toMatchObject({ output: [], usage: { total_tokens: 0 } });
  });

  it('is refused when nothing is active', async () => {
    const { client } = await session();
    expect(await client.refused({ type: 'response.cancel' })).toMatchObject({
      code: 'response_cancel_not_active',
      message: 'Cancellation failed: no active response found',
    });
    expect(await client.refused({ type: 'response.cancel', response_id: 'resp_other' })).toMatchObject({
      code: 'response_cancel_not_active',
    });
  });
});

describe('a call', () => {
  it.each(['max_output_tokens', 'content_filter'] as const)('can be cut off by %s', async (by) => {
    const { client } = await session({ scenario: cutOff({ call: { ...CALL, cut_off: { after: 5, by } } }) });
    await client.update({ tools: [tool('look')] });
    const done = await client.ask('Look');
    expect(done).toMatchObject({ status: 'incomplete', status_details: { type: 'incomplete', reason: by } });
    expect(list(done['output'])[0]).toMatchObject({ status: 'incomplete', arguments: '{"at"' });
    const closing = client.types().lastIndexOf('response.function_call_arguments.done');
    expect(client.types().slice(closing, closing + 4)).toEqual([
      'response.function_call_arguments.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ]);
    const output = { type: 'function_call_output', call_id: list(done['output'])[0]?.['call_id'], output: '' };
    expect(await client.refused({ type: 'conversation.item.create', item: output })).toMatchObject({
      code: 'invalid_tool_call_id',
    });
  });

  it('that was whole stays completed when its response is cancelled', async () => {
    const steps = [{ calls: [CALL, { ...CALL, cut_off: { after: 3, by: 'interruption' as const } }] }];
    const { client } = await session({ scenario: { name: 'half', turns: [{ steps }] } });
    await client.update({ tools: [tool('look')] });
    client.send({ type: 'response.create' });
    for (let item = 0; item < 2; item += 1) await client.next('response.output_item.added');
    await client.next('response.function_call_arguments.delta');
    client.send({ type: 'response.cancel' });
    expect(list((await client.done())['output']).map(({ status }) => status)).toEqual(['completed', 'incomplete']);
  });

  it('can lack its name and its closing event, and carry any string as arguments', async () => {
    const call = {
      name: 'look',
      arguments: '{ \n "at":',
      call_id: 'call_chosen',
      quirks: ['no_name' as const, 'no_item_done' as const],
    };
    const { client } = await session({ scenario: { name: 'odd', turns: [{ steps: [{ call }] }] } });
    await client.update({ tools: [tool('look')] });
    const done = await client.ask('Look');
    const closing = client.all('response.function_call_arguments.done')[0];
    expect(closing?.json).toMatchObject({ call_id: 'call_chosen', arguments: '{ \n "at":' });
    expect(closing?.json).not.toHaveProperty('name');
    expect(client.all('response.output_item.done')).toHaveLength(0);
    expect(list(done['output'])[0]).toMatchObject({ status: 'completed', name: 'look' });
  });

  it('may have empty arguments', async () => {
    const { client } = await session({ scenario: cutOff({ call: { name: 'look', arguments: '' } }) });
    await client.update({ tools: [tool('look')] });
    expect(list((await client.ask('Look'))['output'])[0]).toMatchObject({ arguments: '' });
    expect(client.all('response.function_call_arguments.delta')).toHaveLength(0);
  });
});

describe('the tool choice', () => {
  const scenario = cutOff({ call: CALL });
  const kinds = (response: Record<string, unknown>) => list(response['output']).map(({ type, name }) => name ?? type);

  it.each([
    ['a tool the session does not have is never called', { tools: [tool('other')] }, ['message']],
    ['none calls nothing', { tools: [tool('look')], tool_choice: 'none' }, ['message']],
    [
      'a forced function is called instead',
      { tools: [tool('look'), tool('other')], tool_choice: { type: 'function', name: 'other' } },
      ['other'],
    ],
    ['auto leaves it to the model', { tools: [tool('look')] }, ['look']],
  ])('%s', async (_, fields, expected) => {
    const { client } = await session({ scenario });
    await client.update(fields);
    expect(kinds(await client.ask('Look'))).toEqual(expected);
  });

  it('required makes a call up from the schema', async () => {
    const { client } = await session();
    const parameters = {
      type: 'object',
      properties: { at: { type: 'string' }, times: { type: 'integer' } },
      required: ['at', 'times'],
    };
    await client.update({ tools: [{ ...tool('look'), parameters }], tool_choice: 'required' });
    const [call] = list((await client.ask('Hello'))['output']);
    expect(JSON.parse(String(call?.['arguments']))).toEqual({ at: '', times: 0 });
  });

  it('of one response does not outlast it', async () => {
    const { client } = await session();
    await client.update({ tools: [tool('look')] });
    client.send({ type: 'response.create', response: { tool_choice: 'required' } });
    expect(kinds(await client.done())).toEqual(['look']);
    client.send({ type: 'response.create' });
    expect(kinds(await client.done())).toEqual(['message']);
  });
});

describe('the limit on output tokens', () => {
  it('cuts a response off', async () => {
    const { client } = await session();
    client.send({ type: 'response.create', response: { max_output_tokens: 12 } });
    expect(await client.done()).toMatchObject({
      status: 'incomplete',
      status_details: { reason: 'max_output_tokens' },
      max_output_tokens: 12,
    });
  });
});

type ScenarioStep = NonNullable<Scenario['turns']>[number]['steps'][number];

function cutOff(step: ScenarioStep): Scenario {
  return { name: 'one step', turns: [{ steps: [step] }] };
}

function joined(client: Client, type: string): string {
  return client
    .all(type)
    .map(({ json }) => String(json['delta']))
    .join('');
}
