import { CallError } from '../../../../web/client/errors';
import { plainSession, Script } from '../support/script';

const frame = (ms = 40) => ({ kind: 'frame', base64: 'AAAA', ms }) as const;

describe('a conversation', () => {
  it('sends what the microphone hears', () => {
    expect(Script.talking().take(frame())).toEqual(['send {"type":"input_audio_buffer.append","audio":"AAAA"}']);
    expect(new Script().take(frame())).toEqual([]);
  });

  it.each([
    [plainSession, 2],
    [{ audio: { input: { turn_detection: { type: 'semantic_vad' } } } }, 9],
    [{ audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 1e12 } } } }, 9],
  ])('sends silence in the place of a microphone that is lost, so that the turn ends', (session, seconds) => {
    const script = Script.talking(session);
    const error = new CallError('microphone_lost');
    script.take(frame());
    const [told, ...sent] = script.take({ kind: 'trouble', error });
    expect(told).toBe('tell error microphone_lost');
    const events = sent.map((line) => JSON.parse(line.slice('send '.length)) as { type: string; audio: string });
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['input_audio_buffer.append']));
    const pcm = Buffer.concat(events.map(({ audio }) => Buffer.from(audio, 'base64')));
    expect(pcm.equals(Buffer.alloc(seconds * 48_000))).toBe(true);
    expect(script.take({ kind: 'trouble', error: new CallError('speaker_failed') })).toEqual([
      'tell error speaker_failed',
    ]);
  });

  it('sends silence too when all audio stands still in the middle of a word, and goes on when it is back', () => {
    const script = Script.talking();
    script.take(frame());
    const error = new CallError('playback_blocked');
    const silence = expect.stringContaining('input_audio_buffer.append') as string;
    expect(script.take({ kind: 'trouble', error })).toEqual(['tell error playback_blocked', silence, silence]);
    expect(script.take(frame())).toEqual([expect.stringContaining('"audio":"AAAA"')]);
  });

  it.each(['microphone_lost', 'playback_blocked'] as const)('sends no silence where nothing was heard: %s', (code) => {
    const error = new CallError(code);
    expect(Script.talking().take({ kind: 'trouble', error })).toEqual([`tell error ${code}`]);
  });

  it('counts the latency from where the microphone was lost in the middle of a word', () => {
    const script = Script.talking();
    script.take({ kind: 'frame', base64: 'AAAA', ms: 1_000 });
    const lostAtMs = script.nowMs;
    script.nowMs += 700;
    script.take({ kind: 'trouble', error: new CallError('microphone_lost') });
    script.relay({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 1_500 });
    script.audio('r1', 'i1', 100);
    script.nowMs += 100;
    expect(script.played(1, 10)).toContain(`tell latency {"ms":${script.nowMs - 10 - lostAtMs}}`);
  });

  it('speaks from the first sound until the last, and listens else', () => {
    const script = Script.talking();
    expect(script.audio('r1', 'i1', 200)).toEqual(['play 1: 200 ms']);
    expect(script.state.name).toBe('listening');
    expect(script.played(1, 5)).toEqual(['tell state {"name":"speaking"}']);
    expect(script.played(1, 200, true)).toEqual([]);
    expect(script.audio('r1', 'i1', 100)).toEqual(['play 1: 100 ms']);
    script.relay({ type: 'response.output_audio.done', item_id: 'i1', content_index: 0 });
    expect(script.played(1, 300, true)).toEqual(['tell state {"name":"listening"}']);
  });

  it('listens again when a response ends without a word about its audio', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 200);
    script.played(1, 200, true);
    expect(script.relay({ type: 'response.done', response: { id: 'r1', status: 'completed' } })).toEqual([
      'tell state {"name":"listening"}',
    ]);
  });

  it('goes on speaking between two items', () => {
    const script = Script.talking();
    script.audio('r1', 'i1', 100);
    script.audio('r1', 'i2', 100);
    script.played(1, 50);
    expect(script.played(1, 100, true)).toEqual([]);
    expect(script.state.name).toBe('speaking');
  });

  it('tells the words as they come', () => {
    const script = Script.talking();
    const of = { item_id: 'i1', content_index: 0 };
    expect([
      ...script.relay({ ...of, type: 'response.output_audio_transcript.delta', delta: 'Good' }),
      ...script.relay({ ...of, type: 'response.output_audio_transcript.delta', delta: ' day' }),
      ...script.relay({ ...of, type: 'response.output_audio_transcript.done', transcript: 'Good day!' }),
    ]).toEqual([
      'tell transcript {"itemId":"i1","role":"assistant","text":"Good","isFinal":false,"isInterrupted":false}',
      'tell transcript {"itemId":"i1","role":"assistant","text":"Good day","isFinal":false,"isInterrupted":false}',
      'tell transcript {"itemId":"i1","role":"assistant","text":"Good day!","isFinal":true,"isInterrupted":false}',
    ]);
  });

  it('keeps a place for what the user says until the words of it come', () => {
    const script = Script.talking();
    const of = { item_id: 'u1', content_index: 0 };
    const type = 'conversation.item.input_audio_transcription';
    expect([
      ...script.relay({ type: 'input_audio_buffer.speech_started', item_id: 'u1' }),
      ...script.relay({ ...of, type: `${type}.delta`, delta: 'Hi' }),
      ...script.relay({ ...of, type: `${type}.completed`, transcript: 'Hi.' }),
    ]).toEqual([
      'tell transcript {"itemId":"u1","role":"user","text":"","isFinal":false,"isInterrupted":false}',
      'tell transcript {"itemId":"u1","role":"user","text":"Hi","isFinal":false,"isInterrupted":false}',
      'tell transcript {"itemId":"u1","role":"user","text":"Hi.","isFinal":true,"isInterrupted":false}',
    ]);
    script.relay({ type: 'input_audio_buffer.speech_started', item_id: 'u2' });
    expect(script.relay({ item_id: 'u2', content_index: 0, type: `${type}.failed` })).toEqual([
      'tell transcript {"itemId":"u2","role":"user","text":"","isFinal":true,"isInterrupted":false}',
    ]);
  });

  it('tells what the user wrote when it is part of the conversation', () => {
    const content = [{ type: 'input_text', text: 'Hello' }];
    const item = { id: 'u1', type: 'message', role: 'user', content };
    expect(Script.talking().relay({ type: 'conversation.item.added', item })).toEqual([
      'tell transcript {"itemId":"u1","role":"user","text":"Hello","isFinal":true,"isInterrupted":false}',
    ]);
  });

  it('measures from the end of speech, not from when the relay was sure of it, to the first sound', () => {
    const script = Script.talking();
    for (let sentMs = 0; sentMs < 3_000; sentMs += 40) {
      script.nowMs += 40;
      script.take(frame());
    }
    script.nowMs += 30;
    // Heard 200 ms ago was the end, of which the last 500 ms were silence.
    script.relay({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 2_800, item_id: 'u1' });
    script.nowMs += 300;
    script.audio('r1', 'i1', 500);
    const told = script.take({
      kind: 'played',
      report: [{ part: 1, playedMs: 10, isAll: false }],
      heardAtMs: script.nowMs + 60,
    });
    expect(told).toContain('tell latency {"ms":1080}');
    expect(script.played(1, 50)).toEqual([]);
  });

  it('measures the answer to a turn in writing, too', () => {
    const script = Script.talking();
    script.take({ kind: 'say', text: 'Hello' });
    script.nowMs += 400;
    script.audio('r1', 'i1', 500);
    expect(script.played(1, 0.1)).toContain('tell latency {"ms":400}');
  });

  it('tells when the assistant is busy, once', () => {
    const script = Script.talking();
    expect(script.relay({ type: 'relay.activity', state: 'busy' })).toEqual(['tell activity "busy"']);
    expect(script.relay({ type: 'relay.activity', state: 'busy' })).toEqual([]);
    expect(script.relay({ type: 'relay.activity', state: 'idle' })).toEqual(['tell activity "idle"']);
  });

  it('is idle when its conversation is gone', () => {
    const script = Script.talking();
    script.relay({ type: 'relay.activity', state: 'busy' });
    expect(script.take({ kind: 'closed', code: 1006, reason: '' })[0]).toBe('tell activity "idle"');
  });

  it('tells what went wrong with a request or an answer, but not of harmless races', () => {
    const script = Script.talking();
    const error = (code: string) => script.relay({ type: 'error', error: { code } });
    expect(error('event_not_allowed')).toEqual(['tell error request_refused event_not_allowed']);
    expect(error('response_cancel_not_active')).toEqual([]);
    const failed = { status: 'failed', status_details: { error: { code: 'rate_limit_exceeded' } } };
    expect(script.relay({ type: 'response.done', response: { id: 'r1', ...failed } })).toEqual([
      'tell error request_refused rate_limit_exceeded',
    ]);
  });
});
