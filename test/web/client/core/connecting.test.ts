import { CallError } from '../../../../web/client/errors';
import { begin } from '../../../../web/client/core/step';
import { plainSession, Script, settings } from '../support/script';

const unreachable = (retryAfterMs = 0) =>
  ({
    kind: 'refused',
    why: { kind: 'transient', error: new CallError('relay_unreachable'), retryAfterMs },
  }) as const;
const closed = (code: number, reason = '') => ({ kind: 'closed', code, reason }) as const;

describe('a call that begins', () => {
  it('looks for a connection, and listens once the relay shows a session', () => {
    expect(begin(settings).effects).toEqual([{ kind: 'timer.set', afterMs: 20_000 }, { kind: 'connect' }]);
    const script = new Script();
    expect(script.state).toEqual({ name: 'connecting', attempt: 1, isReconnect: false });
    expect(script.relay({ type: 'session.created', session: plainSession })).toEqual([
      'timer.clear',
      'tell state {"name":"listening"}',
    ]);
  });

  it('asks for words and for its own kind of audio where the session has neither', () => {
    const format = { type: 'audio/pcmu' };
    const script = new Script();
    const effects = script.relay({
      type: 'session.created',
      session: { audio: { input: { format }, output: { format } } },
    });
    const pcm = { type: 'audio/pcm', rate: 24_000 };
    const audio = { input: { format: pcm, transcription: settings.transcription }, output: { format: pcm } };
    expect(effects[1]).toBe(`send ${JSON.stringify({ type: 'session.update', session: { type: 'realtime', audio } })}`);
  });

  it('asks for nothing where it wants no words', () => {
    const script = new Script({ transcription: undefined });
    expect(script.relay({ type: 'session.created', session: {} })).toEqual([
      'timer.clear',
      'tell state {"name":"listening"}',
    ]);
  });

  it('keeps what is written until there is a conversation', () => {
    const script = new Script();
    expect(script.take({ kind: 'say', text: 'Hello' })).toEqual([]);
    expect(script.relay({ type: 'session.created', session: plainSession })).toEqual([
      'timer.clear',
      'send {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Hello"}]}}',
      'send {"type":"response.create"}',
      'tell state {"name":"listening"}',
    ]);
  });

  it('tries again after a pause that doubles, and gives up after the last try', () => {
    const script = new Script();
    expect(script.take(unreachable())).toEqual([
      'tell error relay_unreachable',
      'timer 500',
      'tell state {"name":"connecting","attempt":2,"isReconnect":false}',
    ]);
    expect(script.take({ kind: 'timer' })).toEqual(['timer 20000', 'connect']);
    expect(script.take(unreachable())[1]).toBe('timer 1000');
    script.take({ kind: 'timer' });
    expect(script.take(unreachable())).toEqual([
      'tell error relay_unreachable',
      'timer.clear',
      'disconnect',
      'release',
      'tell state {"name":"ended","cause":{"kind":"failed","error":"relay_unreachable"}}',
    ]);
  });

  it('waits as long as the relay asks for, within bounds', () => {
    expect(new Script().take(unreachable(5_000))[1]).toBe('timer 5000');
    expect(new Script().take(unreachable(3_600_000))[1]).toBe('timer 30000');
  });

  it('tries at once when the browser is online again', () => {
    const script = new Script();
    script.take(unreachable());
    expect(script.take({ kind: 'online' })).toEqual(['timer 20000', 'connect']);
  });

  it('leaves the relay alone as long as it has asked for that, online again or not', () => {
    const script = new Script();
    script.take(unreachable(5_000));
    script.nowMs += 4_999;
    expect(script.take({ kind: 'online' })).toEqual([]);
    script.nowMs += 1;
    expect(script.take({ kind: 'online' })).toEqual(['timer 20000', 'connect']);
  });

  it('ends at once for a reason that stays', () => {
    const script = new Script();
    script.take({ kind: 'refused', why: { kind: 'final', error: new CallError('token_expired') } });
    expect(script.state).toMatchObject({ name: 'ended', cause: { kind: 'failed', error: { code: 'token_expired' } } });
  });

  it('does not wait for ever for a session', () => {
    const script = new Script();
    expect(script.take({ kind: 'timer' }).slice(0, 3)).toEqual([
      'disconnect',
      'tell error relay_unreachable timeout',
      'timer 500',
    ]);
  });

  it('names the ending of a session that never was', () => {
    const script = new Script();
    script.relay({ type: 'error', error: { code: 'upstream_account' } });
    expect(script.take(closed(1011))[0]).toBe('tell error session_ended upstream_account');
    expect(new Script().take(closed(1013, 'upstream_rate_limited')).slice(0, 2)).toEqual([
      'tell error relay_busy upstream_rate_limited',
      'timer 500',
    ]);
    expect(new Script().take(closed(1000)).slice(0, 2)).toEqual(['tell error relay_unreachable', 'timer 500']);
  });

  it('tries once only where there are no second tries', () => {
    const script = new Script({ backoff: undefined });
    script.take(unreachable());
    expect(script.state.name).toBe('ended');
  });
});

describe('a call whose connection ends', () => {
  it('begins a new conversation, and says so', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 500);
    script.played(1, 100);
    expect(script.take(closed(1006))).toEqual([
      'silence',
      'timer 500',
      'tell state {"name":"connecting","attempt":2,"isReconnect":true}',
    ]);
    script.take({ kind: 'timer' });
    expect(script.relay({ type: 'session.created', session: plainSession })).toEqual([
      'timer.clear',
      'tell conversation {"number":2}',
      'tell state {"name":"listening"}',
    ]);
  });

  it('takes nothing of the old conversation for the new one', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 500);
    script.take(closed(1006));
    script.take({ kind: 'timer' });
    script.relay({ type: 'session.created', session: plainSession });
    script.audio('r2', 'i2', 500);
    expect(script.played(1, 300)).toEqual([]);
    expect(script.silenced(1, 300)).toEqual([]);
  });

  it('counts tries anew after a conversation that lasted', () => {
    const script = Script.talking();
    script.nowMs += 10_000;
    expect(script.take(closed(1006)).at(-1)).toBe('tell state {"name":"connecting","attempt":1,"isReconnect":true}');
  });

  it('gives up on a relay that lets it in and drops it again and again', () => {
    const script = Script.talking();
    for (const _ of [1, 2]) {
      script.take(closed(1006));
      script.take({ kind: 'timer' });
      script.relay({ type: 'session.created', session: plainSession });
    }
    expect(script.take(closed(1006))[0]).toBe('tell error connection_lost');
    expect(script.state).toMatchObject({ name: 'ended', cause: { error: { code: 'connection_lost' } } });
  });

  it('says that the connection is lost where none can be made again', () => {
    const script = Script.talking();
    script.take(closed(1006));
    for (const _ of [1, 2]) {
      script.take({ kind: 'timer' });
      script.take(unreachable());
    }
    expect(script.state).toMatchObject({ name: 'ended', cause: { error: { code: 'connection_lost' } } });
  });

  it('ends where the relay has ended the session for good', () => {
    const script = Script.talking();
    expect(script.relay({ type: 'error', error: { code: 'idle' } })).toEqual([]);
    expect(script.take(closed(1001, 'idle'))).toEqual([
      'tell error session_ended idle',
      'timer.clear',
      'disconnect',
      'release',
      'tell state {"name":"ended","cause":{"kind":"failed","error":"session_ended idle"}}',
    ]);
  });

  it('hears the goodbye to its end before it ends', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 500);
    expect(script.take(closed(1000, 'call_ended'))).toEqual(['timer 15000', 'tell state {"name":"speaking"}']);
    expect(script.played(1, 300)).toEqual([]);
    expect(script.played(1, 500, true)).toEqual([
      'timer.clear',
      'disconnect',
      'release',
      'tell state {"name":"ended","cause":{"kind":"completed"}}',
    ]);
  });

  it('does not wait for ever for a goodbye that nobody can hear', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 500);
    script.take(closed(1000, 'call_ended'));
    script.take({ kind: 'timer' });
    expect(script.state).toEqual({ name: 'ended', cause: { kind: 'completed' } });
  });

  it('is over once it has ended', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 500);
    expect(script.take({ kind: 'end' })).toEqual([
      'silence',
      'timer.clear',
      'disconnect',
      'release',
      'tell state {"name":"ended","cause":{"kind":"hung_up"}}',
    ]);
    expect(script.take(closed(1006))).toEqual([]);
    expect(script.audio('r1', 'i1', 500)).toEqual([]);
    expect(script.take({ kind: 'say', text: 'x' })).toEqual([]);
  });
});
