import { closeAll, connect, list, record, session, start } from './support/client';
import { speech } from './support/audio';
import { tool } from './support/tools';

afterEach(closeAll);

describe('a session', () => {
  it('begins with the defaults of its model', async () => {
    const simulator = await start();
    const first = await connect(simulator, 'gpt-realtime');
    const second = await connect(simulator, 'gpt-realtime-2.1');
    expect(first.events[0]?.json).toMatchObject({
      session: {
        model: 'gpt-realtime',
        audio: { output: { voice: 'alloy' }, input: { turn_detection: { silence_duration_ms: 200 } } },
      },
    });
    expect(second.events[0]?.json).toMatchObject({
      session: {
        model: 'gpt-realtime-2.1',
        audio: { output: { voice: 'marin' }, input: { turn_detection: { silence_duration_ms: 500 } } },
      },
    });
  });

  it('merges an update under audio and completes a partial turn detection', async () => {
    const { simulator, client } = await session();
    await client.update({ instructions: 'Be kind.', audio: { output: { voice: 'cedar' } } });
    await client.update({ audio: { input: { turn_detection: { type: 'server_vad', threshold: 0.9 } } } });
    const { settings } = await simulator.session(0);
    expect(settings).toMatchObject({
      instructions: 'Be kind.',
      audio: {
        output: { voice: 'cedar', speed: 1 },
        input: { turn_detection: { threshold: 0.9, prefix_padding_ms: 300, create_response: true } },
      },
    });
  });

  it('rejects the whole of an update with one unknown key, and goes on', async () => {
    const { simulator, client } = await session();
    const update = { type: 'session.update', session: { type: 'realtime', instructions: 'New.', temperature: 1 } };
    expect(await client.refused(update)).toMatchObject({ code: 'unknown_parameter', param: 'session.temperature' });
    expect((await simulator.session(0)).settings.instructions).not.toBe('New.');
    await client.update({ instructions: 'New.' });
  });

  it('names the client event it refuses, or none', async () => {
    const { client } = await session();
    expect(await client.refused({ type: 'nonsense', event_id: 'mine' })).toMatchObject({ event_id: 'mine' });
    expect(await client.refused({ type: 'nonsense' })).toMatchObject({ event_id: null });
    expect(await client.refused('{')).toMatchObject({ code: 'invalid_json', event_id: null });
    client.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    expect(record((await client.next('error')).json['error'])).toMatchObject({ code: 'invalid_event' });
    await client.update({});
  });

  it('keeps its voice once it has spoken, also for one response', async () => {
    const { client } = await session();
    await client.update({ audio: { output: { voice: 'cedar' } } });
    await client.ask('Hello');
    const voice = { audio: { output: { voice: 'marin' } } };
    expect(await client.refused({ type: 'session.update', session: { type: 'realtime', ...voice } })).toMatchObject({
      code: 'cannot_update_voice',
      param: 'session.audio.output.voice',
    });
    expect(await client.refused({ type: 'response.create', response: voice })).toMatchObject({
      code: 'cannot_update_voice',
    });
    await client.update({ audio: { output: { voice: 'cedar' } } });
  });

  it.each([
    ['another model', 'session.model', { model: 'gpt-realtime' }],
    ['a forced tool it does not have', 'session.tool_choice', { tool_choice: { type: 'function', name: 'nothing' } }],
  ])('refuses %s', async (_, param, fields) => {
    const { client } = await session();
    expect(await client.refused({ type: 'session.update', session: { type: 'realtime', ...fields } })).toMatchObject({
      param,
    });
  });

  it('has reasoning settings only with a reasoning model', async () => {
    const simulator = await start();
    const reasoning = await connect(simulator, 'gpt-realtime-2.1');
    await reasoning.update({ reasoning: { effort: 'low' }, parallel_tool_calls: true });
    const plain = await connect(simulator, 'gpt-realtime');
    const update = { type: 'session.update', session: { type: 'realtime', parallel_tool_calls: true } };
    expect(await plain.refused(update)).toMatchObject({ param: 'session.parallel_tool_calls' });
  });

  it('knows the efforts of reasoning and the models of transcription there are', async () => {
    const { client } = await session({}, 'gpt-realtime-2.1');
    const update = (fields: object) => ({ type: 'session.update', session: { type: 'realtime', ...fields } });
    expect(await client.refused(update({ reasoning: { effort: 'huge' } }))).toMatchObject({
      code: 'invalid_value',
      param: 'session.reasoning.effort',
    });
    expect(
      await client.refused({ type: 'response.create', response: { reasoning: { effort: 'huge' } } }),
    ).toMatchObject({
      code: 'invalid_value',
      param: 'response.reasoning.effort',
    });
    expect(
      await client.refused(update({ audio: { input: { transcription: { model: 'my-deployment' } } } })),
    ).toMatchObject({ code: 'invalid_value', param: 'session.audio.input.transcription.model' });
    await client.update({
      reasoning: { effort: 'xhigh' },
      audio: { input: { transcription: { model: 'whisper-1' } } },
    });
  });

  it('cannot change tracing once it is on', async () => {
    const { client } = await session();
    await client.update({ tracing: 'auto' });
    const update = { type: 'session.update', session: { type: 'realtime', tracing: null } };
    expect(await client.refused(update)).toMatchObject({ param: 'session.tracing' });
  });

  it('cannot change its speed while it speaks', async () => {
    const { client } = await session({ scenario: { name: 'waiting', turns: [{ steps: [{ wait_for: 'cancel' }] }] } });
    client.send({ type: 'response.create' });
    const update = { type: 'session.update', session: { type: 'realtime', audio: { output: { speed: 1.2 } } } };
    expect(await client.refused(update)).toMatchObject({ param: 'session.audio.output.speed' });
    client.send({ type: 'response.cancel' });
    await client.update({ audio: { output: { speed: 1.2 } } });
  });

  it('ends at its time limit with an error and close code 1001', async () => {
    const { client } = await session({ sessionMaxMs: 50 });
    const { json } = await client.next('error');
    expect(json['error']).toMatchObject({ code: 'session_expired' });
    expect((await client.closed).code).toBe(1001);
  });
});

describe('the conversation', () => {
  it('adds items at the end, at the beginning and after another', async () => {
    const { simulator, client } = await session();
    const create = (id: string, previous?: string) => {
      const content = [{ type: 'input_text', text: id }];
      client.send({
        type: 'conversation.item.create',
        previous_item_id: previous,
        item: { id, type: 'message', role: 'user', content },
      });
    };
    create('a');
    create('b');
    create('c', 'root');
    create('d', 'a');
    await client.update({});
    const { items } = await simulator.session(0);
    expect(items.map(({ id }) => id)).toEqual(['c', 'a', 'd', 'b']);
    expect(client.all('conversation.item.added').map(({ json }) => json['previous_item_id'])).toEqual([
      null,
      'a',
      null,
      'a',
    ]);
  });

  it.each([
    ['a known id', { id: 'a' }, undefined, 'item.id'],
    ['an unknown predecessor', {}, 'nobody', 'previous_item_id'],
  ])('refuses an item with %s', async (_, fields, previous, param) => {
    const { client } = await session();
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] };
    client.send({ type: 'conversation.item.create', item: { ...item, id: 'a' } });
    const second = { type: 'conversation.item.create', previous_item_id: previous, item: { ...item, ...fields } };
    expect(await client.refused(second)).toMatchObject({ code: 'invalid_value', param });
  });

  it.each([
    ['conversation.item.retrieve', 'item_retrieve_invalid_item_id', {}],
    ['conversation.item.delete', 'item_delete_invalid_item_id', {}],
    ['conversation.item.truncate', 'item_truncate_invalid_item_id', { content_index: 0, audio_end_ms: 0 }],
  ])('answers %s of an unknown item with %s', async (type, code, fields) => {
    const { client } = await session();
    expect(await client.refused({ type, item_id: 'item_unknown', ...fields })).toMatchObject({ code });
  });

  it('retrieves an item with all its audio', async () => {
    const { client } = await session();
    const audio = speech('Hello there').toString('base64');
    client.send({
      type: 'conversation.item.create',
      item: { id: 'spoken', type: 'message', role: 'user', content: [{ type: 'input_audio', audio }] },
    });
    expect(record((await client.next('conversation.item.added')).json['item'])['content']).toEqual([
      { type: 'input_audio', transcript: null },
    ]);
    client.send({ type: 'conversation.item.retrieve', item_id: 'spoken' });
    const { json } = await client.next('conversation.item.retrieved');
    expect(record(json['item'])['content']).toEqual([{ type: 'input_audio', transcript: null, audio }]);
  });

  it('forgets deleted items', async () => {
    const { simulator, client } = await session();
    const response = await client.ask('Hello');
    const [message] = list(response['output']);
    client.send({ type: 'conversation.item.delete', item_id: message?.['id'] });
    await client.next('conversation.item.deleted');
    expect((await simulator.session(0)).items.map(({ type }) => type)).toEqual(['message']);
  });

  it('truncates what the model said, once it knows the item and the item has the audio', async () => {
    const { client } = await session();
    const [message] = list((await client.ask('Hello'))['output']);
    const truncate = (fields: Record<string, unknown>) => ({
      type: 'conversation.item.truncate',
      item_id: message?.['id'],
      content_index: 0,
      ...fields,
    });
    expect(await client.refused(truncate({ audio_end_ms: 10_000_000 }))).toMatchObject({
      code: 'invalid_value',
      message: expect.stringMatching(/^Audio content of \d+ms is already shorter than 10000000ms$/) as string,
    });
    client.send(truncate({ audio_end_ms: 500 }));
    expect(Object.keys((await client.next('conversation.item.truncated')).json).slice(2)).toEqual([
      'item_id',
      'content_index',
      'audio_end_ms',
    ]);
    client.send({ type: 'conversation.item.retrieve', item_id: message?.['id'] });
    const { json } = await client.next('conversation.item.retrieved');
    const [part] = list(record(json['item'])['content']);
    expect(part?.['transcript']).toBe('');
    expect(Buffer.from(String(part?.['audio']), 'base64')).toHaveLength(500 * 48);
    expect(await client.refused(truncate({ audio_end_ms: 600 }))).toMatchObject({ code: 'invalid_value' });
  });

  it('cannot truncate what was not spoken by the model', async () => {
    const { client } = await session();
    client.say('Hello');
    const item = record((await client.next('conversation.item.added')).json['item']);
    const event = { type: 'conversation.item.truncate', item_id: item['id'], content_index: 0, audio_end_ms: 0 };
    expect(await client.refused(event)).toMatchObject({ code: 'unsupported_content_type' });
  });
});

describe('a function call output', () => {
  const scenario = { name: 'one call', turns: [{ steps: [{ call: { name: 'look', arguments: { at: 'it' } } }] }] };
  const output = (callId: unknown) => ({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: callId, output: 'seen' },
  });

  it('is accepted once for a completed call', async () => {
    const { client } = await session({ scenario });
    await client.update({ tools: [tool('look')] });
    const [call] = list((await client.ask('Look at it'))['output']);
    client.send(output(call?.['call_id']));
    await client.next('conversation.item.done');
    const added = client.all('conversation.item.added').at(-1);
    expect(Object.keys(record(added?.json['item']))).toEqual(['id', 'type', 'call_id', 'output']);
    expect(await client.refused(output(call?.['call_id']))).toMatchObject({ code: 'invalid_tool_call_id' });
  });

  it('is refused for a call that never was, and for one that was deleted', async () => {
    const { client } = await session({ scenario });
    await client.update({ tools: [tool('look')] });
    expect(await client.refused(output('call_unknown'))).toMatchObject({
      code: 'invalid_tool_call_id',
      message: "Tool call ID 'call_unknown' not found in conversation.",
    });
    const [call] = list((await client.ask('Look at it'))['output']);
    client.send({ type: 'conversation.item.delete', item_id: call?.['id'] });
    expect(await client.refused(output(call?.['call_id']))).toMatchObject({ code: 'invalid_tool_call_id' });
  });
});
