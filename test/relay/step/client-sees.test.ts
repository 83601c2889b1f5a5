import { expectNothingUnread, Script } from '../support/script';
import {
  argumentsDelta,
  argumentsDone,
  audioDelta,
  callBegins,
  callEnds,
  callItem,
  callingResponse,
  committed,
  errorAbout,
  event,
  itemAdded,
  itemDone,
  messageBegins,
  messageEnds,
  messageItem,
  outputAdded,
  outputItemAdded,
  rateLimits,
  responseCreated,
  responseDone,
  session,
  speechStarted,
  speechStopped,
  spokenResponse,
  transcriptDelta,
  userItem,
  wholeCall,
  wholeMessage,
} from '../support/upstream-events';

afterEach(expectNothingUnread);

describe('the transcript of a preamble and two parallel calls', () => {
  it('reaches the client as an ordinary conversation', () => {
    const preamble = { ...messageItem('item_M1', 'Let me check both.'), phase: 'commentary' };
    const script = Script.open()
      .upstream(speechStarted('item_U1'), speechStopped('item_U1'), committed(null, 'item_U1'))
      .upstream(itemAdded(null, userItem('item_U1')), itemDone(null, userItem('item_U1')))
      .upstream(responseCreated('resp_A'), ...messageBegins('resp_A', 0, 'item_M1', 'item_U1'))
      .upstream(...callBegins('resp_A', 1, 'call_w', 'item_M1'), argumentsDelta('resp_A', 1, 'call_w'))
      .upstream(...callBegins('resp_A', 2, 'call_t', 'item_call_w'), argumentsDelta('resp_A', 2, 'call_t'))
      .upstream(...messageEnds('resp_A', 0, 'item_M1'))
      .upstream(...callEnds('resp_A', 1, 'call_w', 'item_M1'), ...callEnds('resp_A', 2, 'call_t', 'item_call_w'))
      .answer('call_t', '{"time":"14:05"}')
      .upstream(responseDone('resp_A', [preamble, callItem('call_w'), callItem('call_t')]))
      .upstream(...outputAdded('call_t', 'item_call_t'), rateLimits())
      .answer('call_w', '{"sky":"fog"}')
      .upstream(...outputAdded('call_w', 'item_out_call_t'))
      .upstream(...spokenResponse('resp_B', 'item_M2', 'item_out_call_w'));
    script.expect(
      'client < input_audio_buffer.speech_started item_U1',
      'client < input_audio_buffer.speech_stopped item_U1',
      'client < input_audio_buffer.committed item_U1 after null',
      'client < conversation.item.added item_U1 after null',
      'client < conversation.item.done item_U1 after null',
      'client < response.created resp_A',
      'client < response.output_item.added resp_A #0 item_M1',
      'client < conversation.item.added item_M1 after item_U1',
      'client < response.content_part.added resp_A #0 item_M1',
      'client < response.output_audio_transcript.delta resp_A #0 item_M1',
      'client < response.output_audio.delta resp_A #0 item_M1',
      'client < response.output_audio.done resp_A #0 item_M1',
      'client < response.output_audio_transcript.done resp_A #0 item_M1',
      'client < response.content_part.done resp_A #0 item_M1',
      'client < conversation.item.done item_M1 after null',
      'client < response.output_item.done resp_A #0 item_M1',
      'run call_w secret_tool {"secret":1}',
      'run call_t secret_tool {"secret":1}',
      'upstream < output call_t {"time":"14:05"}',
      'client < response.done resp_A completed [item_M1]',
      'upstream < output call_w {"sky":"fog"}',
      'upstream < response.create rly_rc_4 {"output_modalities":["audio"],"max_output_tokens":"inf","audio":{"output":{"voice":"marin"}},"tool_choice":"auto"}',
      'client < response.created resp_B',
      'client < response.output_item.added resp_B #0 item_M2',
      'client < conversation.item.added item_M2 after item_M1',
      'client < response.content_part.added resp_B #0 item_M2',
      'client < response.output_audio_transcript.delta resp_B #0 item_M2',
      'client < response.output_audio.delta resp_B #0 item_M2',
      'client < response.output_audio.done resp_B #0 item_M2',
      'client < response.output_audio_transcript.done resp_B #0 item_M2',
      'client < response.content_part.done resp_B #0 item_M2',
      'client < conversation.item.done item_M2 after item_M1',
      'client < response.output_item.done resp_B #0 item_M2',
      'client < response.done resp_B completed [item_M2]',
    );
    expect(JSON.stringify(script.sentToClient)).not.toMatch(/secret|call_[wt]|rly_/);
  });
});

describe('a hidden item before a visible one', () => {
  it('leaves no gap in the places, and the fast path only until the response is done', () => {
    const script = Script.open()
      .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'))
      .upstream(...wholeMessage('resp_A', 1, 'item_M'));
    const places = script.sentToClient.filter((seen) => 'output_index' in seen).map((seen) => seen['output_index']);
    expect(places).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const late = Buffer.from(JSON.stringify(audioDelta('resp_A', 1, 'item_M')));
    script.upstream(late).forget();
    expect(script.framesToClient.at(-1)).not.toBe(late);
    script.upstream(responseDone('resp_A', [callItem('call_1'), messageItem('item_M', 'Hi.')])).forget();
    script.upstream(responseCreated('resp_B'), ...messageBegins('resp_B', 0, 'item_B')).forget();
    const plain = Buffer.from(JSON.stringify(audioDelta('resp_B', 0, 'item_B')));
    script.upstream(plain).forget();
    expect(script.framesToClient.at(-1)).toBe(plain);
  });

  it('leaves content of other responses as it came, and hides what would be its own', () => {
    const other = Buffer.from(JSON.stringify(audioDelta('resp_other', 2, 'item_X')));
    const script = Script.open()
      .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'))
      .forget()
      .upstream(other, transcriptDelta('resp_A', 0, 'item_call_1'), transcriptDelta('resp_A', 0, 'item_Y'))
      .expect('client < response.output_audio.delta resp_other #2 item_X');
    expect(script.framesToClient.at(-1)).toBe(other);
  });
});

describe('a response that only calls tools', () => {
  it('is not shown when its follow-up comes', () => {
    Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', 'out')
      .upstream(...outputAdded('call_1', 'item_call_1'))
      .forget()
      .upstream(responseCreated('resp_B'), responseDone('resp_B'))
      .expect('client < response.created resp_B', 'client < response.done resp_B completed []');
  });

  it('is shown empty, with its true status, when another response comes in the follow-up’s place', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'), speechStarted())
      .forget()
      .upstream(responseCreated('resp_B'), responseDone('resp_B'));
    script.expect(
      'client < response.created resp_A',
      'client < response.done resp_A completed []',
      'client < response.created resp_B',
      'client < response.done resp_B completed []',
    );
  });

  it('is shown before what the client asks for next begins', () => {
    Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .forget()
      .client({ type: 'response.create' })
      .expect(
        'client < response.created resp_A',
        'client < response.done resp_A completed []',
        'upstream < response.create rly_cc_2',
      );
  });

  it('stays hidden through a chain of rounds', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', 'out');
    script
      .upstream(...outputAdded('call_1', 'item_call_1'), ...callingResponse('resp_B', 'call_2'))
      .answer('call_2', 'x');
    script.upstream(...outputAdded('call_2', 'item_call_2')).forget();
    script.upstream(responseCreated('resp_C'), responseDone('resp_C'));
    script.expect('client < response.created resp_C', 'client < response.done resp_C completed []');
  });
});

describe('a response without its response.created', () => {
  it('is shown from its beginning to its end', () => {
    const script = Script.open().upstream(responseDone('resp_A', [messageItem('item_M', 'Hi.')]));
    script.expect('client < response.created resp_A', 'client < response.done resp_A completed [item_M]');
    expect(script.sentToClient.at(-2)).toMatchObject({ response: { status: 'in_progress', output: [], usage: null } });
  });

  it('that ended already is not shown again', () => {
    Script.open()
      .upstream(...spokenResponse('resp_A', 'item_M'))
      .forget()
      .upstream(responseDone('resp_A'), responseCreated('resp_A'), responseDone('resp_A'))
      .expect();
  });
});

describe('events of the server', () => {
  it.each([
    ['rate limits', rateLimits()],
    ['argument deltas', argumentsDelta('resp_A', 0, 'call_1')],
    ['arguments', argumentsDone('resp_A', 0, 'call_1')],
    ['MCP calls', event('response.mcp_call.in_progress', { output_index: 0, item_id: 'item_mcp' })],
    ['MCP arguments', event('response.mcp_call_arguments.delta', { item_id: 'item_mcp', delta: '{' })],
    ['MCP tool lists', event('mcp_list_tools.completed', { item_id: 'item_mcp' })],
    ['call items', outputItemAdded('resp_A', 0, callItem('call_1'))],
    ['MCP items', itemAdded(null, { id: 'item_mcp', type: 'mcp_call', name: 'secret_tool' })],
    ['system messages', itemAdded(null, { ...userItem('item_s', 'Silence.'), role: 'system' })],
    ['retrieved call items', event('conversation.item.retrieved', { item: callItem('call_1') })],
    ['a second greeting', event('session.created', { session: session() })],
  ])('about %s are not shown', (_, hidden) => {
    Script.open().upstream(hidden).expect();
  });

  it.each([
    ['with a word of tools in their type', { type: 'response.tool_search.started', id: 'x' }],
    ['with a nested member', { type: 'new.event', more: {} }],
    ['with a list', { type: 'new.event', more: [] }],
    ['with a tool’s member', { type: 'new.event', call_id: 'x' }],
    ['with a tool’s name', { type: 'new.event', text: 'now secret_tool runs' }],
    ['with the instructions', { type: 'new.event', text: 'You are told: Keep secrets.' }],
    ['with a line of the instructions', { type: 'new.event', text: 'Told: Be brief, always.' }],
  ])('of unknown types %s are dropped and logged', (_, unknown) => {
    const config = {
      instructions: 'Keep secrets.\nBe brief, always.',
      tools: [{ type: 'function', name: 'secret_tool' }],
    };
    const script = Script.open({ config }).upstream(unknown).expect();
    expect(script.logs).toHaveLength(1);
  });

  it('of unknown types that are harmless pass', () => {
    Script.open()
      .upstream({ type: 'input_audio_buffer.level', event_id: 'e', level: 3 })
      .expect('client < input_audio_buffer.level');
  });

  it.each([
    event('input_audio_buffer.timeout_triggered', { audio_start_ms: 0, audio_end_ms: 10, item_id: 'item_U' }),
    { type: 'input_audio_buffer.dtmf_event_received', event: '5', received_at: 1 },
    event('conversation.item.input_audio_transcription.completed', { item_id: 'i', content_index: 0, transcript: 'x' }),
    event('input_audio_buffer.cleared'),
    speechStarted(),
    audioDelta('resp_A', 0, 'item_A'),
    transcriptDelta('resp_A', 0, 'item_A'),
  ])('pass as the bytes that came: $type', (passing) => {
    const frame = Buffer.from(JSON.stringify(passing, null, 1));
    const script = Script.open().upstream(frame).forget();
    expect(script.framesToClient.at(-1)).toBe(frame);
  });

  it('that are malformed or no events at all are dropped and logged', () => {
    const script = Script.open().upstream('', '[]', '{', '{"type":"response.done"}', '{"type":5}').expect();
    expect(script.logs).toHaveLength(5);
  });

  it('about the session are shown without what makes it the relay’s', () => {
    const script = Script.open().upstream(event('session.updated', { session: session({ prompt: { id: 'p' } }) }));
    script.expect('client < session.updated');
    expect(script.sentToClient.at(-1)?.['session']).toEqual({ ...session({ instructions: '', tools: [] }) });
  });

  it('about errors are told in the relay’s own words', () => {
    const script = Script.open();
    script.upstream(errorAbout('DeploymentNotFound', 'mine', { param: 'session.tools[0].name' }));
    script.upstream(errorAbout('invalid_value', 'mine', { param: 'item.content[0].text' }));
    script.expect('client < error upstream_error mine', 'client < error invalid_value mine');
    expect(script.sentToClient.slice(1).map((seen) => seen['error'])).toEqual([
      {
        type: 'invalid_request_error',
        code: 'upstream_error',
        message: 'The request could not be processed.',
        param: null,
        event_id: 'mine',
      },
      {
        type: 'invalid_request_error',
        code: 'invalid_value',
        message: 'A value is not allowed.',
        param: 'item.content[0].text',
        event_id: 'mine',
      },
    ]);
  });

  it('about errors of the relay’s own events stay here', () => {
    const script = Script.open().upstream(errorAbout('invalid_tool_call_id', 'rly_out_7')).expect();
    expect(script.logs).toEqual(['Upstream refused an event {"code":"invalid_tool_call_id","eventId":"rly_out_7"}']);
  });

  it('about failed transcriptions and responses carry no words of upstream', () => {
    const error = { type: 'server_error', code: 'DeploymentNotFound', message: 'secret', param: 'secret' };
    const script = Script.open().upstream(
      event('conversation.item.input_audio_transcription.failed', { item_id: 'i', content_index: 0, error }),
      responseCreated('resp_A'),
      responseDone('resp_A', [], { status: 'failed', status_details: { type: 'failed', error } }),
    );
    script.forget();
    expect(JSON.stringify(script.sentToClient)).not.toContain('secret');
    expect(script.sentToClient.at(-1)).toMatchObject({
      response: { status: 'failed', status_details: { type: 'failed', error: { code: 'upstream_error' } } },
    });
  });

  it('about items name the nearest visible predecessor, deleted ones left out', () => {
    Script.open()
      .upstream(itemAdded(null, userItem('item_1')), itemAdded('item_1', userItem('item_2')))
      .upstream(...callingResponse('resp_A', 'call_1'), event('conversation.item.deleted', { item_id: 'item_2' }))
      .upstream(event('conversation.item.deleted', { item_id: 'item_call_1' }))
      .forget()
      .upstream(committed('item_out_of_nowhere', 'item_3'))
      .upstream(itemAdded('item_1', userItem('item_3')), event('conversation.item.truncated', { item_id: 'item_3' }))
      .expect(
        'client < input_audio_buffer.committed item_3 after item_1',
        'client < conversation.item.added item_3 after item_1',
        'client < conversation.item.truncated item_3',
      );
  });
});
