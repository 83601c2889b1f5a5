import { expectNothingUnread, Script } from '../support/script';
import {
  callBegins,
  callingResponse,
  callItem,
  outputItemDone,
  responseCreated,
  responseDone,
  speechStarted,
  wholeCall,
} from '../support/upstream-events';

afterEach(expectNothingUnread);

/** The activity a client is told of, in order. */
function told(script: Script): readonly unknown[] {
  script.forget();
  return script.sentToClient.filter(({ type }) => type === 'relay.activity').map(({ state }) => state);
}

const curious = () => Script.open({ tellsActivity: true });

describe('a client that asked for activity', () => {
  it('is told that a tool runs and that it has ended, and nothing else of it', () => {
    const script = curious()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', '{"ok":true}')
      .forget();
    expect(script.sentToClient.slice(-2)).toEqual([
      { type: 'relay.activity', event_id: expect.stringMatching(/^rly_ev_/) as string, state: 'busy' },
      { type: 'relay.activity', event_id: expect.stringMatching(/^rly_ev_/) as string, state: 'idle' },
    ]);
  });

  it('is told once of several tools that run side by side', () => {
    const script = curious().upstream(...callingResponse('resp_A', 'call_1', 'call_2'));
    expect(told(script)).toEqual(['busy']);
    expect(told(script.answer('call_2', 'two'))).toEqual(['busy']);
    expect(told(script.answer('call_1', 'one'))).toEqual(['busy', 'idle']);
  });

  it.each([
    ['fails', (script: Script) => script.fail('call_1')],
    ['does not answer in time', (script: Script) => script.fire('tool:call_1')],
  ])('is told of the end of a tool that %s', (_how, end) => {
    const script = curious().upstream(...callingResponse('resp_A', 'call_1'));
    expect(told(end(script))).toEqual(['busy', 'idle']);
  });

  it('is told of the end once, however late and often an answer comes', () => {
    const script = curious().upstream(...callingResponse('resp_A', 'call_1'));
    script.fire('tool:call_1').answer('call_1', 'late').answer('call_1', 'later');
    expect(told(script)).toEqual(['busy', 'idle']);
  });

  it('is told that a tool still runs while the user speaks or asks for silence', () => {
    const script = curious()
      .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'), speechStarted())
      .client({ type: 'response.cancel' });
    expect(told(script)).toEqual(['busy']);
    expect(told(script.answer('call_1', 'done'))).toEqual(['busy', 'idle']);
  });

  it('is told nothing of a call that was cut off and never ran', () => {
    const cut = callItem('call_1', { status: 'incomplete' });
    const script = curious()
      .upstream(responseCreated('resp_A'), ...callBegins('resp_A', 0, 'call_1'))
      .upstream(outputItemDone('resp_A', 0, cut))
      .upstream(responseDone('resp_A', [cut], { status: 'cancelled' }));
    expect(told(script)).toEqual([]);
  });

  it('is told nothing that only upstream says', () => {
    expect(told(curious().upstream({ type: 'relay.activity', event_id: 'event_1', state: 'busy' }))).toEqual([]);
  });
});

describe('a client that did not ask for activity', () => {
  it('is told nothing while tools run', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', '{"ok":true}');
    expect(told(script)).toEqual([]);
  });
});
