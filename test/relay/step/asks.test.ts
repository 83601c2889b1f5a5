import { expectNothingUnread, Script } from '../support/script';
import {
  activeResponseError,
  callingResponse,
  callItem,
  errorAbout,
  outputAdded,
  responseCancelled,
  responseCreated,
  responseDone,
  spokenResponse,
  wholeCall,
} from '../support/upstream-events';

afterEach(expectNothingUnread);

const repeated = '"output_modalities":["audio"],"max_output_tokens":"inf","audio":{"output":{"voice":"marin"}}';
const followUp = (serial: number) => `upstream < response.create rly_rc_${serial} {${repeated},"tool_choice":"auto"}`;
const taken = 'conversation_already_has_active_response';

/** A session whose follow-up `rly_rc_3` has just been asked for. */
const asked = () =>
  Script.open()
    .upstream(...callingResponse('resp_A', 'call_1'))
    .answer('call_1', 'out')
    .forget();

describe("a client's create", () => {
  it('goes up under an id of the relay, once no response is in its way', () => {
    Script.open()
      .client({ type: 'response.create', event_id: 'mine' })
      .expect('upstream < response.create rly_cc_2')
      .client({ type: 'response.create', response: { metadata: { n: '2' } } })
      .expect()
      .upstream(responseCreated('resp_A'))
      .expect()
      .upstream(responseDone('resp_A'))
      .expect(
        'client < response.created resp_A',
        'client < response.done resp_A completed []',
        'upstream < response.create rly_cc_3 {"metadata":{"n":"2"}}',
      );
  });

  it('is refused when too many wait', () => {
    Script.open({ limits: { waitingCreates: 1 } })
      .client({ type: 'response.create' }, { type: 'response.create' }, { type: 'response.create', event_id: 'third' })
      .expect('upstream < response.create rly_cc_2', `client < error ${taken} third`);
  });

  it('speaks for outputs that wait, so that no follow-up is asked for', () => {
    Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .client({ type: 'response.create' }, { type: 'response.create' })
      .forget()
      .answer('call_1', 'out')
      .upstream(...outputAdded('call_1', 'item_call_1'))
      .expect('upstream < output call_1 out')
      .upstream(...spokenResponse('resp_B', 'item_B'))
      .forget()
      .upstream(...spokenResponse('resp_C', 'item_C'))
      .forget();
  });

  it('with an input of its own does not hear outputs, so that the follow-up comes after it', () => {
    Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .client({ type: 'response.create', response: { input: [] } })
      .answer('call_1', 'out')
      .upstream(...outputAdded('call_1', 'item_call_1'))
      .forget()
      .upstream(responseCreated('resp_B'), responseDone('resp_B'))
      .expect('client < response.created resp_B', 'client < response.done resp_B completed []', followUp(4));
  });

  it('that is refused waits for the response in its way, with the id it has', () => {
    Script.open()
      .client({ type: 'response.create', event_id: 'mine' })
      .upstream(responseCreated('resp_A'), activeResponseError('rly_cc_2'))
      .expect('upstream < response.create rly_cc_2')
      .upstream(responseDone('resp_A'))
      .expect(
        'client < response.created resp_A',
        'client < response.done resp_A completed []',
        'upstream < response.create rly_cc_2',
      );
  });

  it('is known by the complaint itself where errors name no event', () => {
    Script.open()
      .client({ type: 'response.create', event_id: 'mine' })
      .upstream(responseCreated('resp_A'), activeResponseError(null), responseDone('resp_A'))
      .expect(
        'upstream < response.create rly_cc_2',
        'client < response.created resp_A',
        'client < response.done resp_A completed []',
        'upstream < response.create rly_cc_2',
      );
  });

  it('waits again when the refusal comes after the response in its way has ended', () => {
    Script.open()
      .client({ type: 'response.create', event_id: 'mine' })
      .upstream(responseCreated('resp_A'), responseDone('resp_A'), responseCreated('resp_B'), activeResponseError(null))
      .forget()
      .upstream(responseDone('resp_B'))
      .expect(
        'client < response.created resp_B',
        'client < response.done resp_B completed []',
        'upstream < response.create rly_cc_2',
      );
  });

  it('is given up after three refusals, and the client told', () => {
    const script = Script.open().client({ type: 'response.create', event_id: 'mine' }).forget();
    for (const id of ['resp_A', 'resp_B']) {
      script.upstream(responseCreated(id), activeResponseError('rly_cc_2'), responseDone(id)).forget();
    }
    script.upstream(activeResponseError('rly_cc_2')).expect(`client < error ${taken} mine`);
  });

  it('that is refused for what it asks is told so, under the id the client gave it', () => {
    const script = Script.open()
      .client({ type: 'response.create', event_id: 'rly_mine' })
      .upstream(errorAbout('invalid_value', 'rly_cc_2', { param: 'response.audio.output.voice' }))
      .expect('upstream < response.create rly_cc_2', 'client < error invalid_value rly_mine');
    expect(script.sentToClient.at(-1)).toMatchObject({
      error: { message: 'A value is not allowed.', param: 'response.audio.output.voice' },
    });
  });

  it('does not wait for ever when the server fails without naming it', () => {
    Script.open()
      .client({ type: 'response.create', event_id: 'mine' }, { type: 'response.create' })
      .upstream(errorAbout('server_error', null, { type: 'server_error' }))
      .expect(
        'upstream < response.create rly_cc_2',
        'client < error server_error mine',
        'upstream < response.create rly_cc_3',
      );
  });
});

describe('a follow-up that is refused', () => {
  it.each([
    ['named', 'rly_rc_3'],
    ['not named', null],
  ])('before a response.created, %s in the error, follows the response in its way', (_, about) => {
    asked()
      .upstream(activeResponseError(about))
      .expect()
      .upstream(responseCreated('resp_B'), responseDone('resp_B'))
      .expect(
        'client < response.created resp_A',
        'client < response.done resp_A completed []',
        'client < response.created resp_B',
        'client < response.done resp_B completed []',
        followUp(4),
      );
  });

  it.each([
    ['named', 'rly_rc_3'],
    ['not named', null],
  ])('after a response.created, %s in the error, follows that response', (_, about) => {
    asked()
      .upstream(responseCreated('resp_B'), activeResponseError(about))
      .expect()
      .upstream(...outputAdded('call_1', 'item_call_1'), responseDone('resp_B'))
      .expect(
        'client < response.created resp_A',
        'client < response.done resp_A completed []',
        'client < response.created resp_B',
        'client < response.done resp_B completed []',
        followUp(4),
      );
  });

  it('follows that response also where upstream never confirms outputs', () => {
    const script = asked().upstream(responseCreated('resp_B'), activeResponseError('rly_rc_3'), responseDone('resp_B'));
    expect(script.takeUnread().at(-1)).toBe(followUp(4));
  });

  it('is not asked for again when the response in its way began after the outputs', () => {
    asked()
      .upstream(...outputAdded('call_1', 'item_call_1'), responseCreated('resp_B'), activeResponseError('rly_rc_3'))
      .upstream(responseDone('resp_B'))
      .forget();
  });

  it('is asked for again in two seconds when nothing is in its way', () => {
    asked().upstream(activeResponseError('rly_rc_3')).expect().fire('automatic-response').expect(followUp(4));
  });

  it('for what it repeats is asked for plainly, then given up', () => {
    const plain = (serial: number) => `upstream < response.create rly_rc_${serial} {"tool_choice":"auto"}`;
    asked()
      .upstream(errorAbout('invalid_value', 'rly_rc_3', { param: 'response.audio' }))
      .expect(plain(4))
      .upstream(errorAbout('invalid_value', 'rly_rc_4'))
      .expect(plain(5))
      .upstream(errorAbout('invalid_value', 'rly_rc_5'))
      .expect('client < response.created resp_A', 'client < response.done resp_A completed []');
  });

  it('does not use up a round', () => {
    const script = Script.open({ limits: { roundsPerTurn: 2 } })
      .upstream(...callingResponse('resp_A', 'call_1'))
      .answer('call_1', 'out')
      .upstream(responseCreated('resp_B'), activeResponseError('rly_rc_3'))
      .forget()
      .upstream(...outputAdded('call_1', 'item_call_1'), responseDone('resp_B'));
    expect(script.sentUpstream.at(-1)).toMatchObject({ response: { tool_choice: 'auto' } });
    script.forget();
  });
});

describe('response.cancel', () => {
  it('of an active response gives outputs without asking for a reply', () => {
    Script.open()
      .upstream(responseCreated('resp_A'), ...wholeCall('resp_A', 0, 'call_1'))
      .forget()
      .client({ type: 'response.cancel' })
      .expect('upstream < response.cancel')
      .upstream(responseCancelled('resp_A', 'client_cancelled', [callItem('call_1')]))
      .expect('client < response.created resp_A', 'client < response.done resp_A cancelled []')
      .answer('call_1', 'out')
      .expect('upstream < output call_1 out');
  });

  it('is known by the reason of the response when it came before the call', () => {
    Script.open()
      .upstream(responseCreated('resp_A'))
      .client({ type: 'response.cancel', response_id: 'resp_A' })
      .upstream(...wholeCall('resp_A', 0, 'call_1'))
      .upstream(responseCancelled('resp_A', 'client_cancelled', [callItem('call_1')]))
      .forget()
      .answer('call_1', 'out')
      .expect('upstream < output call_1 out');
  });

  it('during a tool run ends what the client asked for, and nobody replies', () => {
    Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .forget()
      .client({ type: 'response.cancel' })
      .expect('client < response.created resp_A', 'client < response.done resp_A completed []')
      .answer('call_1', 'out')
      .expect('upstream < output call_1 out');
  });

  it('drops the creates that wait', () => {
    Script.open()
      .client({ type: 'response.create' }, { type: 'response.create', event_id: 'second' })
      .upstream(responseCreated('resp_A'))
      .forget()
      .client({ type: 'response.cancel' })
      .expect(`client < error ${taken} second`, 'upstream < response.cancel')
      .upstream(responseCancelled('resp_A', 'client_cancelled'))
      .expect('client < response.created resp_A', 'client < response.done resp_A cancelled []');
  });

  it('with nothing to cancel is answered by upstream', () => {
    Script.open()
      .client({ type: 'response.cancel', event_id: 'mine' })
      .upstream(errorAbout('response_cancel_not_active', 'mine'))
      .expect('upstream < response.cancel', 'client < error response_cancel_not_active mine');
  });

  it('of another response goes up and leaves the rest alone', () => {
    Script.open()
      .upstream(...callingResponse('resp_A', 'call_1'))
      .forget()
      .client({ type: 'response.cancel', response_id: 'resp_aside' })
      .expect('upstream < response.cancel resp_aside')
      .answer('call_1', 'out')
      .expect('upstream < output call_1 out', followUp(3));
  });
});

describe('a response out of band', () => {
  const aside = { conversation_id: null };

  it('may call no tools and takes nobody else’s place', () => {
    Script.open()
      .client({
        type: 'response.create',
        event_id: 'mine',
        response: { conversation: 'none', tool_choice: 'required' },
      })
      .client({ type: 'response.create' })
      .expect(
        'upstream < response.create mine {"conversation":"none","tool_choice":"none"}',
        'upstream < response.create rly_cc_2',
      )
      .upstream(responseCreated('resp_aside', aside), responseCreated('resp_A'), responseDone('resp_aside', [], aside))
      .expect('client < response.created resp_aside', 'client < response.done resp_aside completed []')
      .client({ type: 'response.create' })
      .expect()
      .upstream(responseDone('resp_A'))
      .expect(
        'client < response.created resp_A',
        'client < response.done resp_A completed []',
        'upstream < response.create rly_cc_3',
      );
  });

  it('has its calls neither run nor answered', () => {
    const script = Script.open()
      .upstream(responseCreated('resp_aside', aside), ...wholeCall('resp_aside', 0, 'call_1'))
      .upstream(responseDone('resp_aside', [callItem('call_1')], aside))
      .expect('client < response.created resp_aside', 'client < response.done resp_aside completed []');
    expect(script.logs.some((line) => line.startsWith('Function call outside the conversation'))).toBe(true);
  });
});
