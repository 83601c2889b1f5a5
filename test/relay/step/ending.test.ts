import { type EndCause } from '../../../relay';
import { type SessionEvent } from '../../../relay/model';
import { expectNothingUnread, Script } from '../support/script';
import {
  audioDelta,
  callingResponse,
  errorAbout,
  messageBegins,
  outputAdded,
  responseCreated,
  responseDone,
  speechStarted,
  speechStopped,
  spokenResponse,
  wholeCall,
} from '../support/upstream-events';

afterEach(expectNothingUnread);

/** 48 bytes are one millisecond of 24 kHz PCM16. */
const audioOf = (ms: number) => Buffer.alloc(48 * ms).toString('base64');

/** A session that is to end with the goodbye `resp_B`, which has just been asked for. */
const leaving = (options: Parameters<typeof Script.open>[0] = {}) =>
  Script.open(options)
    .upstream(...callingResponse('resp_A', 'call_1'))
    .answer('call_1', 'Goodbye.', { endSession: true })
    .upstream(...outputAdded('call_1', 'item_call_1'))
    .forget();

describe('a goodbye', () => {
  it('is heard to its end: the session ends when its audio has played', () => {
    const script = leaving()
      .upstream(responseCreated('resp_B'), ...messageBegins('resp_B', 0, 'item_B'))
      .forget();
    script.nowMs = 400;
    script.upstream(audioDelta('resp_B', 0, 'item_B', audioOf(1000)), responseDone('resp_B')).forget();
    // Four characters of audio came with the message's beginning, 400 ms ago.
    expect(script.timers.get('goodbye')).toBe(601);
    script.fire('goodbye').expect('end call_ended');
  });

  it('may take fifteen seconds at most', () => {
    const script = leaving().upstream(responseCreated('resp_B'), audioDelta('resp_B', 0, 'item_B', audioOf(20_000)));
    script.upstream(responseDone('resp_B')).forget();
    expect(script.timers.get('goodbye')).toBe(15_000);
  });

  it('that is never spoken ends the session in fifteen seconds', () => {
    const script = leaving();
    expect(script.timers.get('goodbye')).toBe(15_000);
    script.fire('goodbye').expect('end call_ended');
  });

  it('is cancelled by speech', () => {
    const script = leaving().upstream(responseCreated('resp_B'), responseDone('resp_B'), speechStarted()).forget();
    expect(script.timers.has('goodbye')).toBe(false);
  });

  it('is cancelled by a written message, and by a create of the client', () => {
    const message = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Wait!' }] };
    for (const said of [{ type: 'conversation.item.create', item: message }, { type: 'response.create' }]) {
      const script = leaving().client(said).forget();
      expect(script.timers.has('goodbye')).toBe(false);
    }
  });

  it('comes after the tools its response calls', () => {
    const script = leaving().upstream(responseCreated('resp_B'), ...wholeCall('resp_B', 0, 'call_2'));
    script
      .upstream(responseDone('resp_B'))
      .answer('call_2', 'out')
      .upstream(...outputAdded('call_2', 'x'))
      .forget();
    script.upstream(...spokenResponse('resp_C', 'item_C')).forget();
    expect(script.timers.get('goodbye')).toBe(1);
  });
});

describe('a goodbye to a client that tells what it has heard', () => {
  const phone = () => leaving({ clientConfirmsHeard: true });

  it('ends the session when it has been heard, and not before all of it is sent', () => {
    const script = phone()
      .upstream(responseCreated('resp_B'), audioDelta('resp_B', 0, 'item_B', audioOf(1000)))
      .forget();
    script.feed({ kind: 'client.heard' }).expect();
    script.upstream(responseDone('resp_B')).forget();
    expect(script.timers.get('goodbye')).toBe(3000);
    script.feed({ kind: 'client.heard' }).expect('end call_ended');
  });

  it('ends the session two seconds later than reckoned when the client does not tell', () => {
    const script = phone().upstream(responseCreated('resp_B'), responseDone('resp_B')).forget();
    expect(script.timers.get('goodbye')).toBe(2000);
    script.fire('goodbye').expect('end call_ended');
  });

  it('is cancelled by speech: what is heard then ends nothing', () => {
    const script = phone().upstream(responseCreated('resp_B'), responseDone('resp_B'), speechStarted()).forget();
    script.feed({ kind: 'client.heard' }).expect();
  });
});

describe('draining', () => {
  it('ends a quiet session at once', () => {
    Script.open().feed({ kind: 'drain' }).expect('client < error draining', 'end draining');
  });

  it('waits for the end of a response', () => {
    Script.open()
      .upstream(responseCreated('resp_A'))
      .feed({ kind: 'drain' })
      .expect()
      .upstream(responseDone('resp_A'))
      .expect(
        'client < response.created resp_A',
        'client < response.done resp_A completed []',
        'client < error draining',
        'end draining',
      );
  });

  it('waits for a response out of band', () => {
    const aside = { conversation_id: null };
    const script = Script.open().upstream(responseCreated('resp_A', aside)).feed({ kind: 'drain' }).expect();
    script.upstream(responseDone('resp_A', [], aside)).forget();
    expect(script.state.phase).toBe('ended');
  });

  it('waits for a tool and for the reply to it', () => {
    const script = Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .feed({ kind: 'drain' })
      .answer('call_1', 'out')
      .upstream(...outputAdded('call_1', 'item_call_1'), responseCreated('resp_B'))
      .forget();
    expect(script.state.phase).toBe('live');
    script.upstream(responseDone('resp_B')).forget();
    expect(script.state.phase).toBe('ended');
  });

  it('waits for the user to finish and for the automatic response', () => {
    const script = Script.open().upstream(speechStarted()).feed({ kind: 'drain' }).upstream(speechStopped()).forget();
    expect(script.state.phase).toBe('live');
    script.fire('automatic-response').forget();
    expect(script.state.phase).toBe('ended');
  });

  it('lets a goodbye be heard', () => {
    leaving()
      .upstream(responseCreated('resp_B'), responseDone('resp_B'))
      .forget()
      .feed({ kind: 'drain' })
      .expect()
      .fire('goodbye')
      .expect('end call_ended');
  });
});

describe('the end of a live session', () => {
  it.each<[SessionEvent, EndCause]>([
    [{ kind: 'upstream.closed', code: 1000 }, 'upstream_closed'],
    [{ kind: 'upstream.closed', code: 1001 }, 'session_expired'],
    [{ kind: 'upstream.closed', code: 1006 }, 'upstream_closed'],
    [{ kind: 'upstream.closed', code: 1007 }, 'upstream_protocol_error'],
    [{ kind: 'upstream.failed', failure: { kind: 'network' } }, 'upstream_closed'],
    [{ kind: 'timer', timer: 'session-max' }, 'session_expired'],
    [{ kind: 'end', cause: 'slow_client' }, 'slow_client'],
  ])('after %j is named %s', (happened, cause) => {
    Script.open().feed(happened).expect(`client < error ${cause}`, `end ${cause}`);
  });

  it.each<[string, EndCause]>([
    ['session_expired', 'session_expired'],
    ['insufficient_quota', 'upstream_account'],
    ['invalid_api_key', 'upstream_unauthorized'],
  ])('comes with a fatal error (%s)', (code, cause) => {
    Script.open().upstream(errorAbout(code, null)).expect(`client < error ${cause}`, `end ${cause}`);
  });

  it('comes with a response that failed for good, once that is shown', () => {
    const error = { type: 'invalid_request_error', code: 'insufficient_quota', message: 'secret words' };
    Script.open()
      .upstream(
        responseCreated('resp_A'),
        responseDone('resp_A', [], { status: 'failed', status_details: { type: 'failed', error } }),
      )
      .expect(
        'client < response.created resp_A',
        'client < response.done resp_A failed []',
        'client < error upstream_account',
        'end upstream_account',
      );
  });

  it('leaves a running tool to itself: its late output goes nowhere', () => {
    Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .forget()
      .feed({ kind: 'client.closed' })
      .expect('end client_closed')
      .answer('call_1', 'late')
      .fail('call_1')
      .fire('tool:call_1')
      .expect();
  });
});
