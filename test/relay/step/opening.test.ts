import { type EndCause } from '../../../relay';
import { type SessionEvent } from '../../../relay/model';
import { expectNothingUnread, Script } from '../support/script';
import { errorAbout, event, session } from '../support/upstream-events';

afterEach(expectNothingUnread);

const created = () => event('session.created', { session: session() });
const updated = () => event('session.updated', { session: session({ id: 'sess_configured' }) });
const text = (words: string) => ({
  type: 'conversation.item.create',
  event_id: words,
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] },
});

describe('opening a session', () => {
  it('answers the greeting with the configuration, and greets the client once that is acknowledged', () => {
    const script = new Script({ config: { instructions: 'Be kind.', tools: [{ type: 'function', name: 'x' }] } })
      .upstream(created())
      .expect('upstream < session.update');
    expect(script.sentUpstream).toEqual([
      {
        type: 'session.update',
        event_id: 'rly_su_1',
        session: { type: 'realtime', instructions: 'Be kind.', tools: [{ type: 'function', name: 'x' }] },
      },
    ]);
    const acknowledged = updated();
    script.upstream(acknowledged).expect('client < session.created');
    expect(script.sentToClient[0]).toEqual({
      type: 'session.created',
      event_id: expect.stringMatching(/^event_/) as string,
      session: {
        ...session({ id: 'sess_configured', instructions: '', tools: [], tool_choice: 'auto' }),
      },
    });
    expect([...script.timers.keys()]).toEqual(['session-max']);
  });

  it('holds what the client says until then, and keeps its order', () => {
    new Script()
      .client(text('one'))
      .upstream(created())
      .client(text('two'), { type: 'input_audio_buffer.append', audio: 'AAAA' }, { type: 'tool.forged' })
      .expect('upstream < session.update')
      .upstream(updated())
      .expect(
        'client < session.created',
        'upstream < conversation.item.create one user',
        'upstream < conversation.item.create two user',
        'upstream < input_audio_buffer.append',
        'client < error event_not_allowed',
      );
  });

  it('stops reading the client at heldBytes', () => {
    new Script({ limits: { heldBytes: 100 } })
      .upstream(created())
      .forget()
      .client(text('a'))
      .expect('client.pause')
      .upstream(updated())
      .expect('client < session.created', 'upstream < conversation.item.create a user', 'client.resume');
  });

  it('takes no acknowledgement before it has asked, and asks once', () => {
    new Script()
      .upstream(updated())
      .expect()
      .upstream(created(), created())
      .expect('upstream < session.update')
      .upstream(updated())
      .expect('client < session.created');
  });

  it.each<[string, object, EndCause]>([
    ['refuses the configuration', errorAbout('unknown_parameter', 'rly_su_1'), 'configuration_refused'],
    ['gives no code', errorAbout(null, null), 'configuration_refused'],
    ['has no account', errorAbout('insufficient_quota', null), 'upstream_account'],
    ['wants another dialect', errorAbout('beta_api_shape_disabled', null), 'upstream_refused'],
    ['does not know the model', errorAbout('model_not_found', null), 'upstream_not_found'],
    ['fails', errorAbout('server_error', null), 'upstream_unavailable'],
  ])('ends by name when upstream %s', (_, error, cause) => {
    new Script()
      .upstream(created())
      .client(text('held'))
      .expect('upstream < session.update')
      .upstream(error)
      .expect(`client < error ${cause}`, `end ${cause}`);
  });

  it.each<[SessionEvent, EndCause]>([
    [{ kind: 'upstream.failed', failure: { kind: 'status', status: 401 } }, 'upstream_unauthorized'],
    [{ kind: 'upstream.failed', failure: { kind: 'status', status: 403 } }, 'upstream_forbidden'],
    [{ kind: 'upstream.failed', failure: { kind: 'status', status: 404 } }, 'upstream_not_found'],
    [{ kind: 'upstream.failed', failure: { kind: 'status', status: 429 } }, 'upstream_rate_limited'],
    [{ kind: 'upstream.failed', failure: { kind: 'status', status: 408 } }, 'upstream_unavailable'],
    [{ kind: 'upstream.failed', failure: { kind: 'status', status: 418 } }, 'upstream_refused'],
    [{ kind: 'upstream.failed', failure: { kind: 'status', status: 503 } }, 'upstream_unavailable'],
    [{ kind: 'upstream.failed', failure: { kind: 'status', status: 301 } }, 'upstream_unavailable'],
    [{ kind: 'upstream.failed', failure: { kind: 'dns' } }, 'upstream_unavailable'],
    [{ kind: 'upstream.failed', failure: { kind: 'network' } }, 'upstream_unavailable'],
    [{ kind: 'upstream.failed', failure: { kind: 'tls' } }, 'upstream_tls'],
    [{ kind: 'upstream.failed', failure: { kind: 'timeout' } }, 'upstream_timeout'],
    [{ kind: 'upstream.failed', failure: { kind: 'closed' } }, 'upstream_unavailable'],
    [{ kind: 'upstream.closed', code: 1006 }, 'upstream_unavailable'],
    [{ kind: 'upstream.closed', code: 1001 }, 'session_expired'],
    [{ kind: 'upstream.closed', code: 3000 }, 'upstream_unauthorized'],
    [{ kind: 'upstream.closed', code: 4000 }, 'upstream_refused'],
    [{ kind: 'upstream.closed', code: 1009 }, 'upstream_protocol_error'],
    [{ kind: 'timer', timer: 'opening' }, 'upstream_timeout'],
    [{ kind: 'timer', timer: 'session-max' }, 'session_expired'],
    [{ kind: 'drain' }, 'draining'],
    [{ kind: 'end', cause: 'idle' }, 'idle'],
  ])('ends by name after %j: %s', (happened, cause) => {
    new Script().feed(happened).expect(`client < error ${cause}`, `end ${cause}`);
  });

  it('ends without a word when the client leaves', () => {
    new Script().feed({ kind: 'client.closed' }).expect('end client_closed');
  });

  it('leaves a session that absorbs whatever still comes once it has ended', () => {
    new Script()
      .feed({ kind: 'client.closed' })
      .expect('end client_closed')
      .client(text('late'))
      .upstream(created(), updated())
      .answer('call_1', 'late')
      .feed({ kind: 'drain' })
      .expect();
  });
});
