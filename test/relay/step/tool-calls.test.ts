import { expectNothingUnread, Script } from '../support/script';
import {
  argumentsDone,
  callBegins,
  callEnds,
  callingResponse,
  callItem,
  itemDone,
  messageItem,
  outputAdded,
  outputItemAdded,
  outputItemDone,
  responseCreated,
  responseDone,
  spokenResponse,
  wholeCall,
  wholeMessage,
} from '../support/upstream-events';

afterEach(expectNothingUnread);

/** What a follow-up repeats of the responses these tests send. */
const repeated = '"output_modalities":["audio"],"max_output_tokens":"inf","audio":{"output":{"voice":"marin"}}';
const followUp = (serial: number) => `upstream < response.create rly_rc_${serial} {${repeated},"tool_choice":"auto"}`;
const run = (callId: string) => `run ${callId} secret_tool {"secret":1}`;

describe('a call', () => {
  it('runs when its item is completed, is answered at once and spoken for when its response is done', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'))
      .expect(run('call_1'))
      .answer('call_1', '{"ok":true}')
      .expect('upstream < output call_1 {"ok":true}')
      .upstream(responseDone('resp_A', [callItem('call_1')]))
      .expect(followUp(3))
      .upstream(...outputAdded('call_1', 'item_call_1'), ...spokenResponse('resp_B', 'item_B', 'item_out_call_1'))
      .expect(...spoken('resp_B', 'item_B', 'null'));
  });

  it('is prepared when its arguments are complete, before it may run', () => {
    const script = Script.open().upstream(responseCreated('resp_A'), ...callBegins('resp_A', 0, 'call_1'));
    expect(script.prepared).toEqual([]);
    script.upstream(argumentsDone('resp_A', 0, 'call_1'));
    expect(script.prepared).toEqual(['call_1 secret_tool {"secret":1}']);
    script.upstream(outputItemDone('resp_A', 0, callItem('call_1'))).expect(run('call_1'));
    expect(script.prepared).toHaveLength(1);
  });

  it('is answered in the order in which tools end, with one reply after the last', () => {
    for (const [first, second] of [
      ['call_1', 'call_2'],
      ['call_2', 'call_1'],
    ] as const) {
      Script.open()
        .upstream(...callingResponse('resp_A', 'call_1', 'call_2'))
        .expect(run('call_1'), run('call_2'))
        .answer(first, 'one')
        .expect(`upstream < output ${first} one`)
        .answer(second, 'two')
        .expect(`upstream < output ${second} two`, followUp(4));
    }
  });

  it('takes its name from its item when arguments.done has none', () => {
    const script = Script.open()
      .upstream(responseCreated('resp_A'), ...callBegins('resp_A', 0, 'call_1'))
      .upstream(argumentsDone('resp_A', 0, 'call_1', { name: undefined }))
      .upstream(outputItemDone('resp_A', 0, callItem('call_1')))
      .expect(run('call_1'));
    expect(script.prepared).toEqual(['call_1 secret_tool {"secret":1}']);
  });

  it('takes its name from the final item when nothing before had one', () => {
    const nameless = callItem('call_1', { name: undefined, arguments: '', status: 'in_progress' });
    const script = Script.open()
      .upstream(responseCreated('resp_A'), outputItemAdded('resp_A', 0, nameless))
      .upstream(argumentsDone('resp_A', 0, 'call_1', { name: undefined }))
      .upstream(outputItemDone('resp_A', 0, callItem('call_1')))
      .expect(run('call_1'));
    expect(script.prepared).toEqual(['call_1 secret_tool {"secret":1}']);
  });

  it('is released by response.done when its output_item.done never came', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), ...callBegins('resp_A', 0, 'call_1'), argumentsDone('resp_A', 0, 'call_1'))
      .upstream(responseDone('resp_A', []))
      .expect(run('call_1'));
  });

  it('is taken from response.done alone when nothing else came of it', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), responseDone('resp_A', [callItem('call_1')]))
      .expect(run('call_1'));
  });

  it('waits for response.done when its final item says nothing of its status', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), ...callBegins('resp_A', 0, 'call_1'), argumentsDone('resp_A', 0, 'call_1'))
      .upstream(outputItemDone('resp_A', 0, callItem('call_1', { status: null })))
      .expect()
      .upstream(responseDone('resp_A', []))
      .expect(run('call_1'));
  });

  it.each(['incomplete', 'in_progress'])('is neither run nor answered when response.done calls it %s', (status) => {
    Script.open()
      .upstream(responseCreated('resp_A'), ...callBegins('resp_A', 0, 'call_1'), argumentsDone('resp_A', 0, 'call_1'))
      .upstream(responseDone('resp_A', [callItem('call_1', { status })]))
      .expect('drop call_1', ...empty('resp_A', 'completed'));
  });

  it('is neither run nor answered when it was cut off', () => {
    const cut = callItem('call_1', { status: 'incomplete', arguments: '{"sec' });
    Script.open()
      .upstream(responseCreated('resp_A'), ...callBegins('resp_A', 0, 'call_1'))
      .upstream(argumentsDone('resp_A', 0, 'call_1', { arguments: '{"sec' }))
      .upstream(itemDone(null, cut), outputItemDone('resp_A', 0, cut))
      .expect('drop call_1')
      .upstream(
        responseDone('resp_A', [cut], {
          status: 'incomplete',
          status_details: { type: 'incomplete', reason: 'max_output_tokens' },
        }),
      )
      .expect(...empty('resp_A', 'incomplete'))
      .answer('call_1', 'too late')
      .expect();
  });

  it('is not released by a response that was not completed', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), ...callBegins('resp_A', 0, 'call_1'), argumentsDone('resp_A', 0, 'call_1'))
      .upstream(responseDone('resp_A', [callItem('call_1')], { status: 'failed', status_details: { type: 'failed' } }))
      .expect('drop call_1', ...empty('resp_A', 'failed'));
  });

  it('that was completed before its response failed is answered, with one reply', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'))
      .expect(run('call_1'))
      .upstream(responseDone('resp_A', [callItem('call_1')], { status: 'failed', status_details: { type: 'failed' } }))
      .expect()
      .answer('call_1', 'out')
      .expect('upstream < output call_1 out', followUp(3));
  });

  it('that fails or takes too long is answered in its place, and a later answer is dropped', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1', 'call_2'))
      .expect(run('call_1'), run('call_2'));
    script.fail('call_1');
    expect(outputOf(script)).toMatchObject({ success: false, status: 'tool_failed' });
    script.forget();
    expect(script.timers.get('tool:call_2')).toBe(30_000);
    script.fire('tool:call_2');
    expect(outputOf(script, -2)).toMatchObject({ success: false, status: 'tool_timeout' });
    script.forget();
    script.answer('call_1', 'late').answer('call_2', 'late').expect();
    expect(script.logs.filter((line) => line.startsWith('Late tool output'))).toHaveLength(2);
  });

  it('has its time limit cleared with its answer', () => {
    const script = Script.open().upstream(...callingResponse('resp_A', 'call_1'));
    expect(script.timers.has('tool:call_1')).toBe(true);
    script.answer('call_1', 'out').forget();
    expect(script.timers.has('tool:call_1')).toBe(false);
  });

  it('with too large an output is answered with a notice', () => {
    const script = Script.open({ limits: { toolOutputBytes: 4 } }).upstream(...callingResponse('resp_A', 'call_1'));
    script.answer('call_1', 'äää');
    expect(outputOf(script, -2)).toMatchObject({ success: false, status: 'tool_output_too_large' });
    script.forget();
  });

  it('whose id comes again runs nothing and gets no second output, but a reply', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', 'out')
      .upstream(...outputAdded('call_1', 'item_call_1'), ...spokenResponse('resp_B', 'item_B', 'item_out_call_1'))
      .forget()
      .upstream(...callingResponse('resp_C', 'call_1'))
      .expect(followUp(4));
    expect(script.logs.filter((line) => line.includes('"arguments_differ":true'))).toEqual([]);
  });

  it('whose id comes again with other arguments is logged', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', 'out')
      .forget()
      .upstream(responseCreated('resp_B'))
      .upstream(outputItemDone('resp_B', 0, callItem('call_1', { arguments: '{"secret":2}' })))
      .upstream(responseDone('resp_B', [callItem('call_1', { arguments: '{"secret":2}' })]))
      .expect(followUp(4));
    expect(script.logs.some((line) => line.includes('other arguments'))).toBe(true);
    expect(script.logs.join()).not.toContain('secret":2');
  });

  it('is not moved by repeated or late events', () => {
    const done = responseDone('resp_A', [callItem('call_1')]);
    Script.open()
      .upstream(responseCreated('resp_A'), responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'))
      .upstream(...wholeCall('resp_A', 0, 'call_1'), done, done)
      .expect(run('call_1'))
      .answer('call_1', 'out')
      .expect('upstream < output call_1 out', followUp(3))
      .upstream(...callEnds('resp_A', 0, 'call_1'), done, responseCreated('resp_A'))
      .expect();
  });

  it('leaves nothing behind when it comes late: the session is as free as before', () => {
    const done = responseDone('resp_A', [callItem('call_1')]);
    Script.open()
      .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'), done)
      .answer('call_1', 'out')
      .upstream(...outputAdded('call_1', 'item_call_1'), ...spokenResponse('resp_B', 'item_B'))
      .forget()
      .upstream(outputItemAdded('resp_A', 0, callItem('call_1')), responseCreated('resp_A'))
      .upstream(argumentsDone('resp_B', 1, 'call_1'))
      .client({ type: 'response.cancel' }, { type: 'response.create' })
      .expect('upstream < response.cancel', 'upstream < response.create rly_cc_4');
  });

  it('in a response whose response.created never came is run and answered like any other', () => {
    Script.open()
      .upstream(...wholeCall('resp_A', 0, 'call_1'), responseDone('resp_A', [callItem('call_1')]))
      .expect(run('call_1'))
      .answer('call_1', 'out')
      .expect('upstream < output call_1 out', followUp(3));
  });
});

describe('a follow-up', () => {
  it('repeats modalities, voice, max_output_tokens and metadata of the calling response', () => {
    const asked = {
      output_modalities: ['text'],
      max_output_tokens: 300,
      metadata: { topic: 'x' },
      audio: { output: { voice: { id: 'voice_1' }, format: { type: 'audio/pcmu' } } },
    };
    const script = Script.open()
      .upstream(responseCreated('resp_A', asked), ...wholeCall('resp_A', 0, 'call_1'))
      .upstream(responseDone('resp_A', [callItem('call_1')], asked))
      .answer('call_1', 'out');
    expect(script.sentUpstream.at(-1)).toEqual({
      type: 'response.create',
      event_id: 'rly_rc_3',
      response: {
        output_modalities: ['text'],
        max_output_tokens: 300,
        metadata: { topic: 'x' },
        audio: { output: { voice: { id: 'voice_1' } } },
        tool_choice: 'auto',
      },
    });
    script.forget();
  });

  it('forbids tools at the cap of rounds, and a call made in spite of that is answered, not run', () => {
    const script = Script.open({ limits: { roundsPerTurn: 2 } })
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', 'out')
      .expect(run('call_1'), 'upstream < output call_1 out', followUp(3))
      .upstream(...outputAdded('call_1', 'item_call_1'), ...callingResponse('resp_B', 'call_2'))
      .answer('call_2', 'out')
      .expect(
        run('call_2'),
        'upstream < output call_2 out',
        `upstream < response.create rly_rc_5 {${repeated},"tool_choice":"none"}`,
      )
      .upstream(...outputAdded('call_2', 'item_call_2'), ...callingResponse('resp_C', 'call_3'));
    expect(outputOf(script, -1)).toMatchObject({ success: false, status: 'tool_not_allowed' });
    script.forget().upstream(...outputAdded('call_3', 'item_call_3'));
    script.expect();
    expect(script.sentToClient.slice(-2)).toMatchObject([
      { type: 'response.created', response: { id: 'resp_C' } },
      { type: 'response.done', response: { id: 'resp_C', output: [] } },
    ]);
  });

  it('counts rounds anew when the user writes or speaks', () => {
    const script = Script.open({ limits: { roundsPerTurn: 2 } })
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', 'out')
      .upstream(...outputAdded('call_1', 'item_call_1'))
      .client({
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And?' }] },
      })
      .upstream(...callingResponse('resp_B', 'call_2'))
      .forget()
      .answer('call_2', 'out')
      .expect('upstream < output call_2 out', followUp(5));
    expect(script.logs).toEqual([]);
  });
});

describe('a response that speaks before it calls', () => {
  it('is shown to its end, and its follow-up after it', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), ...wholeMessage('resp_A', 0, 'item_M'))
      .upstream(...wholeCall('resp_A', 1, 'call_1', 'item_M'))
      .upstream(responseDone('resp_A', [messageItem('item_M', 'Hi.'), callItem('call_1')]))
      .expect(...spoken('resp_A', 'item_M', 'null').slice(0, -1), run('call_1'), done('resp_A', 'item_M'))
      .answer('call_1', 'out')
      .expect('upstream < output call_1 out', followUp(3))
      .upstream(...outputAdded('call_1', 'item_call_1'), ...spokenResponse('resp_B', 'item_B', 'item_out_call_1'))
      .expect(...spoken('resp_B', 'item_B', 'item_M'));
  });
});

function outputOf(script: Script, at = -1): unknown {
  const item: unknown = script.sentUpstream.at(at)?.['item'];
  return JSON.parse((item as { readonly output: string }).output);
}

function empty(id: string, status: string): readonly string[] {
  return [`client < response.created ${id}`, `client < response.done ${id} ${status} []`];
}

function done(id: string, itemId: string): string {
  return `client < response.done ${id} completed [${itemId}]`;
}

function spoken(id: string, itemId: string, previous: string): readonly string[] {
  const item = `${id} #0 ${itemId}`;
  return [
    `client < response.created ${id}`,
    `client < response.output_item.added ${item}`,
    `client < conversation.item.added ${itemId} after ${previous}`,
    `client < response.content_part.added ${item}`,
    `client < response.output_audio_transcript.delta ${item}`,
    `client < response.output_audio.delta ${item}`,
    `client < response.output_audio.done ${item}`,
    `client < response.output_audio_transcript.done ${item}`,
    `client < response.content_part.done ${item}`,
    `client < conversation.item.done ${itemId} after ${previous}`,
    `client < response.output_item.done ${item}`,
    done(id, itemId),
  ];
}
