import { automaticResponseMs } from '../../../relay/response-queue';
import { expectNothingUnread, Script } from '../support/script';
import {
  activeResponseError,
  callItem,
  callingResponse,
  committed,
  event,
  itemAdded,
  manualSession,
  outputAdded,
  responseCancelled,
  responseCreated,
  responseDone,
  speechStarted,
  speechStopped,
  userItem,
  userTurn,
  wholeCall,
} from '../support/upstream-events';

afterEach(expectNothingUnread);

/** What comes out from here on, without what a client merely hears of speech and items. */
function asksOf(script: Script, act: (script: Script) => unknown): readonly string[] {
  const before = script.sentUpstream.length;
  act(script);
  script.forget();
  return script.sentUpstream.slice(before).map(({ type, item }) => (item === undefined ? type : 'output'));
}

/** A call whose response the user's speech has cancelled. */
function interrupted(session?: object): Script {
  const script = Script.open(session === undefined ? {} : { session })
    .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'))
    .upstream(speechStarted(), responseCancelled('resp_A', 'turn_detected', [callItem('call_1')]));
  return script.forget();
}

describe('speech_started', () => {
  it('reaches the client at once while a tool runs', () => {
    Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .forget()
      .upstream(speechStarted())
      .expect('client < input_audio_buffer.speech_started item_user');
  });
});

describe('a response that has shown nothing when the user speaks', () => {
  it('is shown to have begun before, so that a client knows its late content', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), speechStarted())
      .expect('client < response.created resp_A', 'client < input_audio_buffer.speech_started item_user')
      .upstream(responseCancelled('resp_A', 'turn_detected', []))
      .expect('client < response.done resp_A cancelled []');
  });

  it('stays held where speech does not cut it off', () => {
    const session = { audio: { input: { turn_detection: { type: 'server_vad', interrupt_response: false } } } };
    Script.open({ session })
      .upstream(responseCreated('resp_A'), speechStarted())
      .expect('client < input_audio_buffer.speech_started item_user');
  });

  it('stays held where it is no part of the conversation', () => {
    Script.open()
      .upstream(responseCreated('resp_A', { conversation_id: null }), speechStarted())
      .expect('client < input_audio_buffer.speech_started item_user');
  });
});

describe('a call whose response the user interrupted', () => {
  it('is left to the automatic response that begins after its output', () => {
    const script = interrupted();
    expect(asksOf(script, () => script.answer('call_1', 'out'))).toEqual(['output']);
    const rest = [...outputAdded('call_1', 'item_call_1'), ...userTurn('item_out_call_1'), responseCreated('resp_B')];
    expect(asksOf(script, () => script.upstream(...rest, responseDone('resp_B')))).toEqual([]);
  });

  it('gets exactly one reply of its own when the automatic response began before its output', () => {
    const script = interrupted().upstream(...userTurn('item_call_1'), responseCreated('resp_B'));
    expect(asksOf(script, () => script.answer('call_1', 'out'))).toEqual(['output']);
    expect(asksOf(script, () => script.upstream(...outputAdded('call_1', 'item_user')))).toEqual([]);
    expect(asksOf(script, () => script.upstream(responseDone('resp_B')))).toEqual(['response.create']);
    const spoken = [responseCreated('resp_C'), responseDone('resp_C')];
    expect(asksOf(script, () => script.upstream(...spoken))).toEqual([]);
  });

  it('gets it too when the automatic response began while the output was under way', () => {
    const script = interrupted()
      .upstream(...userTurn('item_call_1'))
      .answer('call_1', 'out')
      .forget();
    const began = [responseCreated('resp_B'), ...outputAdded('call_1', 'item_user')];
    expect(asksOf(script, () => script.upstream(...began))).toEqual([]);
    expect(asksOf(script, () => script.upstream(responseDone('resp_B')))).toEqual(['response.create']);
  });

  it('is spoken for by the relay once the user has stopped, where the server does not respond by itself', () => {
    const script = interrupted(manualSession());
    expect(asksOf(script, () => script.answer('call_1', 'out'))).toEqual(['output']);
    expect(asksOf(script, () => script.upstream(speechStopped()))).toEqual(['response.create']);
    expect(script.timers.has('automatic-response')).toBe(false);
  });
});

describe('a follow-up while the user speaks', () => {
  it('waits for the automatic response, and is not asked for when that began after the output', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'), speechStarted())
      .forget();
    expect(asksOf(script, () => script.answer('call_1', 'out'))).toEqual(['output']);
    expect(asksOf(script, () => script.upstream(...outputAdded('call_1', 'item_call_1')))).toEqual([]);
    const turn = [...userTurn('item_out_call_1'), responseCreated('resp_B'), responseDone('resp_B')];
    expect(asksOf(script, () => script.upstream(...turn))).toEqual([]);
  });

  it('follows the automatic response that began before the output', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'), speechStarted(), ...userTurn('item_call_1'))
      .upstream(responseCreated('resp_B'))
      .forget();
    expect(asksOf(script, () => script.answer('call_1', 'out'))).toEqual(['output']);
    const rest = [...outputAdded('call_1', 'item_user'), responseDone('resp_B')];
    expect(asksOf(script, () => script.upstream(...rest))).toEqual(['response.create']);
  });

  it('is asked for when no automatic response comes within two seconds', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'), speechStarted())
      .answer('call_1', 'out')
      .upstream(...userTurn('item_call_1'))
      .forget();
    expect(script.timers.get('automatic-response')).toBe(automaticResponseMs);
    expect(automaticResponseMs).toBe(2000);
    script.fire('automatic-response');
    expect(script.sentUpstream.at(-1)).toMatchObject({ type: 'response.create' });
    script.forget();
  });

  it('keeps waiting when the user goes on speaking', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'), speechStarted())
      .answer('call_1', 'out')
      .upstream(...userTurn('item_call_1'), speechStarted('item_user_2'))
      .forget();
    expect(script.timers.has('automatic-response')).toBe(false);
    expect(asksOf(script, () => script.upstream(event('input_audio_buffer.cleared')))).toEqual(['response.create']);
  });

  it('is asked for when the client ends the turn itself, which starts no response', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'), speechStarted())
      .answer('call_1', 'out')
      .forget();
    const turn = [committed('item_call_1'), itemAdded('item_call_1', userItem('item_user'))];
    expect(asksOf(script, () => script.upstream(...turn))).toEqual(['response.create']);
  });
});

describe('a slot that is taken by a response nobody saw begin', () => {
  it('is freed in time although the user speaks meanwhile', () => {
    const script = Script.open({ session: manualSession() }).client({ type: 'response.create' });
    script.upstream(activeResponseError('rly_cc_2'), speechStarted(), speechStopped()).forget();
    script.fire('automatic-response').expect('upstream < response.create rly_cc_2');
  });
});
