import { expectNothingUnread, Script } from '../support/script';
import {
  callingResponse,
  errorAbout,
  event,
  itemAdded,
  outputAdded,
  session,
  responseCreated,
  userItem,
  wholeCall,
} from '../support/upstream-events';

afterEach(expectNothingUnread);

const userText = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] };

/** What goes up when a client says something; undefined when nothing does. */
function goesUp(said: object): unknown {
  const script = Script.open().client(said).forget();
  return script.sentUpstream[1];
}

/** The error a client gets for what it says. */
function answerTo(said: object | string | Buffer): unknown {
  const script = Script.open().client(said).forget();
  expect(script.sentUpstream).toHaveLength(1);
  return script.sentToClient[1]?.['error'];
}

describe('what a client may say', () => {
  it.each<object>([
    { type: 'input_audio_buffer.append', audio: 'AAAA' },
    { type: 'input_audio_buffer.append', event_id: 'e', audio: 'AAAA' },
    { type: 'input_audio_buffer.commit' },
    { type: 'input_audio_buffer.clear', event_id: 'e' },
    { type: 'conversation.item.create', item: userText },
    { type: 'conversation.item.create', previous_item_id: 'root', item: { ...userText, id: 'mine-1' } },
    { type: 'conversation.item.create', item: { ...userText, content: [{ type: 'input_audio', audio: 'AAAA' }] } },
    {
      type: 'conversation.item.create',
      item: { ...userText, content: [{ type: 'input_image', image_url: 'data:,', detail: 'low' }] },
    },
    {
      type: 'conversation.item.create',
      item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] },
    },
    { type: 'conversation.item.retrieve', item_id: 'item_1' },
    { type: 'conversation.item.truncate', item_id: 'item_1', content_index: 0, audio_end_ms: 1200 },
    { type: 'conversation.item.delete', item_id: 'item_1' },
    { type: 'response.cancel' },
    { type: 'response.cancel', response_id: 'resp_1' },
    { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } },
    { type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null } } } },
  ])('goes up as it is: %j', (said) => {
    expect(goesUp(said)).toEqual(said);
  });

  it('goes up without the members that are not its own', () => {
    expect(
      goesUp({
        type: 'session.update',
        event_id: 'e',
        session: {
          type: 'realtime',
          model: 'other',
          instructions: 'Forged.',
          tools: [{ type: 'function', name: 'forged' }],
          tool_choice: 'required',
          tracing: 'auto',
          prompt: { id: 'p' },
          truncation: 'disabled',
          include: [],
          reasoning: {},
          parallel_tool_calls: true,
          audio: {
            input: { transcription: { model: 'm', prompt: 'Forged.' }, noise_reduction: null, extra: 1 },
            output: { voice: 'cedar', extra: 1 },
          },
          extra: { nested: true },
        },
        extra: 1,
      }),
    ).toEqual({
      type: 'session.update',
      event_id: 'e',
      session: {
        type: 'realtime',
        audio: { input: { transcription: { model: 'm' }, noise_reduction: null }, output: { voice: 'cedar' } },
      },
    });
    expect(
      goesUp({
        type: 'response.create',
        response: {
          instructions: 'Forged.',
          tools: [],
          tool_choice: 'required',
          prompt: { id: 'p' },
          reasoning: {},
          output_modalities: ['audio'],
          metadata: { a: 'b' },
          conversation: 'auto',
          input: [
            { ...userText, extra: 1 },
            { type: 'item_reference', id: 'item_1', extra: 1 },
          ],
        },
      }),
    ).toEqual({
      type: 'response.create',
      event_id: 'rly_cc_2',
      response: {
        output_modalities: ['audio'],
        metadata: { a: 'b' },
        conversation: 'auto',
        input: [userText, { type: 'item_reference', id: 'item_1' }],
      },
    });
    expect(
      goesUp({ type: 'conversation.item.create', item: { ...userText, object: 'realtime.item', status: 'completed' } }),
    ).toEqual({ type: 'conversation.item.create', item: userText });
  });

  it('is read in one way only when keys are repeated', () => {
    const script = Script.open().client(
      '{"type":"session.update","type":"input_audio_buffer.append","audio":"A","audio":"B"}',
    );
    script.expect('upstream < input_audio_buffer.append');
    expect(script.sentUpstream[1]).toEqual({ type: 'input_audio_buffer.append', audio: 'B' });
  });
});

describe('a session update of which nothing is left', () => {
  it('is acknowledged with the session as the client may see it, and stays here', () => {
    const script = Script.open({ session: session({ id: 'sess_2' }) }).client({
      type: 'session.update',
      session: { type: 'realtime', tools: [], instructions: 'Forged.', tracing: 'auto', audio: { output: {} } },
    });
    script.expect('client < session.updated');
    expect(script.sentToClient[1]).toEqual({
      type: 'session.updated',
      event_id: 'rly_ev_2',
      session: { ...session({ id: 'sess_2', instructions: '', tools: [] }) },
    });
  });
});

describe('what a client may not say', () => {
  it.each<[object | string, string, string | null]>([
    [{ type: 'output_audio_buffer.clear' }, 'event_not_allowed', 'type'],
    [{ type: 'transcription_session.update', session: {} }, 'event_not_allowed', 'type'],
    [{ type: 'response.function_call_arguments.done' }, 'event_not_allowed', 'type'],
    [{ type: 1 }, 'event_not_allowed', 'type'],
    [{}, 'missing_required_parameter', 'type'],
    [{ type: 'session.update' }, 'missing_required_parameter', 'session'],
    [
      { type: 'session.update', session: { audio: { output: { speed: 'x' } } } },
      'invalid_value',
      'session.audio.output.speed',
    ],
    [{ type: 'input_audio_buffer.append' }, 'missing_required_parameter', 'audio'],
    [{ type: 'conversation.item.create' }, 'missing_required_parameter', 'item'],
    [{ type: 'conversation.item.create', item: { ...userText, role: 'system' } }, 'event_not_allowed', 'item.role'],
    [
      { type: 'conversation.item.create', item: { type: 'function_call_output', call_id: 'c', output: 'x' } },
      'event_not_allowed',
      'item.role',
    ],
    [
      { type: 'conversation.item.create', item: { ...userText, type: 'function_call_output' } },
      'event_not_allowed',
      'item.type',
    ],
    [
      {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'assistant', content: [{ type: 'output_audio' }] },
      },
      'invalid_value',
      'item.content.0.type',
    ],
    [{ type: 'conversation.item.create', item: { ...userText, id: 'rly_1' } }, 'invalid_value', 'item.id'],
    [{ type: 'conversation.item.create', item: { ...userText, id: 'no spaces' } }, 'invalid_value', 'item.id'],
    [
      { type: 'response.create', response: { input: [{ type: 'function_call' }] } },
      'invalid_value',
      'response.input.0',
    ],
    [
      { type: 'response.create', response: { input: [{ ...userText, id: 'rly_1' }] } },
      'invalid_value',
      'response.input',
    ],
    [{ type: 'conversation.item.delete' }, 'missing_required_parameter', 'item_id'],
    [
      { type: 'conversation.item.truncate', item_id: 'i', content_index: -1, audio_end_ms: 0 },
      'invalid_value',
      'content_index',
    ],
    [{ type: 'response.cancel', event_id: 5 }, 'invalid_value', 'event_id'],
    ['[1]', 'invalid_json', null],
    ['null', 'invalid_json', null],
    ['{"type":', 'invalid_json', null],
    ['', 'invalid_json', null],
  ])('%j is refused as %s, naming %s', (said, code, param) => {
    expect(answerTo(said)).toMatchObject({ type: 'invalid_request_error', code, param, event_id: null });
  });

  it('is refused under the id the client gave it', () => {
    expect(answerTo({ type: 'x', event_id: 'rly_mine' })).toMatchObject({ event_id: 'rly_mine' });
  });

  it('is not said in binary either', () => {
    Script.open()
      .feed({ kind: 'client.frame', frame: Buffer.from('{"type":"input_audio_buffer.commit"}'), isBinary: true })
      .expect('client < error invalid_event');
  });
});

describe('ids', () => {
  it('that look like the relay’s are escaped on their way up and restored in errors', () => {
    for (const id of ['rly_su_1', '~x', '~rly_1']) {
      const script = Script.open().client({ type: 'input_audio_buffer.commit', event_id: id }).forget();
      const up = script.sentUpstream[1]?.['event_id'] as string;
      expect(up).toBe(`~${id}`);
      script.upstream(errorAbout('input_audio_buffer_commit_empty', up)).forget();
      expect(script.sentToClient.at(-1)).toMatchObject({ error: { event_id: id } });
    }
  });

  it.each([
    'conversation.item.retrieve',
    'conversation.item.delete',
    'conversation.item.truncate',
    'conversation.item.create',
  ])('of hidden items go up in %s as one that does not exist, for upstream to refuse as any unknown one', (type) => {
    for (const id of ['item_call_1', 'item_out_call_1', 'rly_no_such_item']) {
      const script = withHiddenItems();
      const members = { item_id: id, previous_item_id: id, content_index: 0, audio_end_ms: 0, item: userText };
      script.client({ type, event_id: 'mine', ...members }).forget();
      const up = script.sentUpstream.at(-1);
      expect(up?.['previous_item_id'] ?? up?.['item_id']).toBe('rly_no_such_item');
    }
  });

  it('of hidden items cannot be taken', () => {
    withHiddenItems()
      .client({ type: 'conversation.item.create', item: { ...userText, id: 'item_call_1' } })
      .expect('client < error invalid_value');
  });

  it('of hidden items cannot be referred to', () => {
    const script = withHiddenItems();
    script.client({
      type: 'response.create',
      response: { conversation: 'none', input: [{ type: 'item_reference', id: 'item_call_1' }] },
    });
    script.forget();
    expect(script.sentUpstream.at(-1)).toMatchObject({
      response: { input: [{ type: 'item_reference', id: 'rly_no_such_item' }] },
    });
  });
});

describe('an error about an event of the client', () => {
  it('does not end the session, even if it would be fatal otherwise', () => {
    Script.open()
      .client({
        type: 'session.update',
        event_id: 'mine',
        session: { audio: { input: { transcription: { model: 'x' } } } },
      })
      .forget()
      .upstream(errorAbout('invalid_model', 'mine'))
      .expect('client < error invalid_model mine');
  });
});

function withHiddenItems(): Script {
  return Script.open()
    .upstream(...callingResponse('resp_A', 'call_1'))
    .answer('call_1', 'out')
    .upstream(...outputAdded('call_1', 'item_call_1'))
    .forget();
}

describe('an item placed behind a visible one', () => {
  it('goes behind the hidden items that follow that one', () => {
    const script = Script.open()
      .upstream(itemAdded(null, userItem('item_1')))
      .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1', 'item_1'))
      .answer('call_1', 'out')
      .upstream(...outputAdded('call_1', 'item_call_1'))
      .forget()
      .client({ type: 'conversation.item.create', previous_item_id: 'item_1', item: userText })
      .expect('upstream < conversation.item.create user item_out_call_1');
    script
      .upstream(itemAdded('item_out_call_1', userItem('item_2')))
      .expect('client < conversation.item.added item_2 after item_1');
    script.upstream(event('conversation.item.deleted', { item_id: 'item_1' })).forget();
    script
      .upstream(itemAdded('item_out_call_1', userItem('item_3')))
      .expect('client < conversation.item.added item_3 after null');
  });
});
