import { type EndCause } from '../../../../relay';
import { type CarrierFault } from '../../../../relay/gateways/dialect';
import { type PhoneEvent } from '../../../../relay/gateways/phone/model';
import { callStart, PhoneScript, speech } from '../support/phone-script';

const ready = { type: 'session.created', session: {} };
const audio: PhoneEvent = {
  kind: 'carrier',
  event: { kind: 'audio', streamId: 'MZ1', base64: Buffer.from(speech(20)), timestampMs: null, chunk: null },
};
const fault = (name: CarrierFault): PhoneEvent => ({ kind: 'carrier', event: { kind: 'fault', fault: name } });
const started = (change: object = {}): PhoneEvent => ({
  kind: 'started',
  start: { ...callStart, ...change },
  isExpected: true,
});
const pcma = { encoding: 'pcma', rateHz: 8000 };

describe('a stream that does not start as it should', () => {
  it.each<[string, PhoneEvent, EndCause]>([
    ['audio before its start', audio, 'carrier_frame_before_start'],
    ['another call', { ...started(), isExpected: false } as PhoneEvent, 'carrier_unknown_call'],
    ['another codec', started({ format: pcma }), 'carrier_wrong_codec'],
    ['what cannot be read', fault('carrier_invalid_frame'), 'carrier_invalid_frame'],
  ])('ends by name for %s', (_what, event, cause) => {
    const script = new PhoneScript().feed(event);
    expect(script.takeLines()).toEqual([`end ${cause}`]);
    expect(script.feed(started()).feed(audio).session(ready).takeLines()).toEqual([]);
  });

  it('ends by name when it does not come in ten seconds', () => {
    const script = new PhoneScript();
    expect(script.timers.get('start')).toBe(10_000);
    expect(script.fire('start').takeLines()).toEqual(['end carrier_no_start']);
  });

  it('is hung up when it stops before it starts', () => {
    expect(new PhoneScript().carrier({ kind: 'stopped' }).takeLines()).toEqual(['hung-up']);
  });

  it('is not ended by a notice, a key or a mark', () => {
    const script = new PhoneScript().carrier({ kind: 'notice', name: 'connected' });
    script.carrier({ kind: 'digit', digit: '1' }).carrier({ kind: 'mark', name: 'x' });
    expect(script.takeLines()).toEqual([]);
    expect(script.counts.frames_dropped).toBe(2);
  });
});

describe('a stream that has started', () => {
  it('stops waiting for its start', () => {
    expect(PhoneScript.connected().timers.has('start')).toBe(false);
  });

  it.each<[string, PhoneEvent, EndCause]>([
    ['a second start', started(), 'carrier_second_start'],
    ['what cannot be read', fault('carrier_invalid_frame'), 'carrier_invalid_frame'],
    ['another codec', fault('carrier_wrong_codec'), 'carrier_wrong_codec'],
  ])('ends by name for %s', (_what, event, cause) => {
    expect(PhoneScript.connected().feed(event).takeLines()).toEqual([`end ${cause}`]);
  });

  it.each<[string, PhoneEvent]>([
    ['invalid_audio', fault('invalid_audio')],
    ['wrong_stream', { kind: 'carrier', event: { ...audio.event, streamId: 'MZ2' } } as PhoneEvent],
    ['unknown_mark', { kind: 'carrier', event: { kind: 'mark', name: 'not-ours' } }],
    ['unknown_mark', { kind: 'carrier', event: { kind: 'mark', name: 'i7:20' } }],
  ])('drops a frame with the fault %s, counts each and logs one', (name, event) => {
    const script = PhoneScript.connected().feed(event).feed(event);
    expect(script.takeLines()).toEqual([]);
    expect(script.counts.frames_dropped).toBe(2);
    expect(script.logs).toEqual([`Frame of the carrier dropped {"fault":"${name}"}`]);
  });

  it('may complain, which is counted, and logged once for each name', () => {
    const script = PhoneScript.connected();
    for (const code of ['rate_limit_reached', 'invalid_media', 'rate_limit_reached']) {
      script.carrier({ kind: 'complaint', code });
    }
    expect(script.takeLines()).toEqual([]);
    expect(script.counts.complaints).toBe(3);
    expect(script.logs).toEqual([
      'Carrier complained {"code":"rate_limit_reached"}',
      'Carrier complained {"code":"invalid_media"}',
    ]);
  });

  it('is hung up when it stops, also while the model speaks, and stays so', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 480);
    script.takeLines();
    expect(script.carrier({ kind: 'stopped' }).takeLines()).toEqual(['hung-up']);
    expect(script.speechStarted().echo(2).frame().takeLines()).toEqual([]);
  });

  it('has the model speak first where that is wanted, whichever of both is there first', () => {
    expect(new PhoneScript({ speaksFirst: true }).start().session(ready).takeLines()).toEqual(['say response.create']);
    expect(new PhoneScript({ speaksFirst: true }).session(ready).start().takeLines()).toEqual(['say response.create']);
  });
});

describe('what the caller says', () => {
  it('passes at once, the very text that came', () => {
    const script = PhoneScript.connected().frame();
    expect(script.takeLines()).toEqual(['say append 20']);
    expect(script.said[0]?.toString()).toBe(`{"type":"input_audio_buffer.append","audio":"${speech(20)}"}`);
  });

  it('is held until the session is ready, and then passed in order', () => {
    const script = new PhoneScript().start().frame(null, 20).frame(null, 40);
    expect(script.takeLines()).toEqual([]);
    expect(script.session(ready).frame(null, 60).takeLines()).toEqual([
      'say append 20',
      'say append 40',
      'say append 60',
    ]);
  });

  it('is held for ten seconds at most; the oldest is dropped', () => {
    const script = new PhoneScript().start();
    for (let second = 1; second <= 12; second++) script.frame(null, 1000 + second);
    const passed = script.session(ready).takeLines();
    expect(passed.at(-1)).toBe('say append 1012');
    expect(passed).toHaveLength(9);
    expect(script.counts.held_frames_dropped).toBe(3);
  });

  it('gets back the silence that its carrier left out, by the timestamps', () => {
    const script = PhoneScript.connected().frame(5000).frame(5020).at(1540).frame(6540);
    expect(script.takeLines()).toEqual([
      'say append 20',
      'say append 20',
      'say append 1000',
      'say append 500',
      'say append 20',
    ]);
    expect(script.counts.silence_filled_ms).toBe(1500);
    expect(decoded(script.said[2])).toEqual(Buffer.alloc(8000, 0xff));
  });

  it('gets at most ten seconds of silence at once', () => {
    const script = PhoneScript.connected().frame(0).at(60_000).frame(60_000);
    expect(script.takeLines()).toHaveLength(12);
    expect(script.counts.silence_filled_ms).toBe(10_000);
  });

  it('gets none for clocks that tick unevenly or for frames that come in another order', () => {
    const script = PhoneScript.connected().frame(0).frame(25).frame(60).frame(45).frame(79);
    expect(script.counts.silence_filled_ms).toBeUndefined();
  });

  it('gets no more than is missing for timestamps that jump to and fro, however long', () => {
    const script = PhoneScript.connected();
    for (let frame = 0; frame < 3000; frame++) {
      script.at(20 * frame).frame(20 * frame + (frame % 7 === 3 ? 60 : 0));
    }
    expect(script.counts.silence_filled_ms).toBe(60);
  });

  it('is not ended by timestamps that stand still', () => {
    const script = PhoneScript.connected();
    for (let frame = 0; frame < 1000; frame++) script.at(20 * frame).frame(0);
    expect(script.takeLines()).toHaveLength(1000);
  });

  it.each([
    ['far ahead of the clock', 60_100],
    ['long past', -10_100],
  ])('ends by name with a timestamp %s', (_what, byMs) => {
    const script = PhoneScript.connected().frame(50_000);
    script.takeLines();
    expect(script.frame(50_000 + byMs).takeLines()).toEqual(['end carrier_impossible_timestamp']);
  });

  it('may come long after it was said, all at once', () => {
    const script = PhoneScript.connected().at(40_000);
    for (let frame = 0; frame < 2000; frame++) script.frame(1_700_000_000_000 + 20 * frame);
    expect(script.takeLines()).toEqual(Array<string>(2000).fill('say append 20'));
  });

  it('falls silent for the model when frames stop in the middle of an utterance', () => {
    const script = PhoneScript.connected().frame(0).speechStarted();
    script.takeLines();
    expect(script.timers.get('quiet')).toBe(750);
    // Two frames may still be under way.
    expect(script.fire('quiet').takeLines()).toEqual(['say append 710']);
    expect(script.fire('quiet').takeLines()).toEqual(['say append 200']);
    // Of the 2500 ms that were missing, 910 are there already.
    expect(script.at(2520).frame(2520).takeLines()).toEqual(['say append 1000', 'say append 590', 'say append 20']);
  });

  it('does not fall silent while frames come, nor when the utterance is over', () => {
    const script = PhoneScript.connected().speechStarted().at(500).frame();
    script.takeLines();
    script.nowMs = 0;
    expect(script.fire('quiet').takeLines()).toEqual([]);
    expect(script.timers.get('quiet')).toBe(500);
    expect(script.speechStopped().timers.has('quiet')).toBe(false);
  });
});

describe('keys', () => {
  const press = (script: PhoneScript, digits: string) =>
    Array.from(digits).reduce((on, digit) => on.carrier({ kind: 'digit', digit }), script);

  it('are told as one message of the user at #', () => {
    expect(press(PhoneScript.connected(), '5#').takeLines()).toEqual([
      'say create "The caller pressed 5#."',
      'say response.create',
    ]);
  });

  it('are told after a pause', () => {
    const script = press(PhoneScript.connected(), '42');
    expect(script.takeLines()).toEqual([]);
    expect(script.timers.get('digits')).toBe(1500);
    expect(script.fire('digits').takeLines()).toContain('say create "The caller pressed 42."');
    expect(press(script, '#').takeLines()).toContain('say create "The caller pressed #."');
  });

  it('are told without a pause when there are as many as there may be', () => {
    const script = press(PhoneScript.connected({ limits: { maxDigits: 3 } }), '1234');
    expect(script.takeLines()).toContain('say create "The caller pressed 123."');
  });

  it('cut the model off, as speech does, and what it is still about to say too', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 960).at(100);
    script.takeLines();
    expect(press(script, '1#').takeLines()).toEqual([
      'clear',
      'say truncate A 100',
      'say cancel resp_A',
      'say create "The caller pressed 1#."',
      'say response.create',
    ]);
    expect(script.says('A', 240).takeLines()).toEqual([]);
  });

  it('pressed before the session listens are answered by the response that would greet', () => {
    const script = press(new PhoneScript({ speaksFirst: true }).start(), '5#').session(ready);
    expect(script.takeLines()).toEqual(['say create "The caller pressed 5#."', 'say response.create']);
  });

  it('pressed before the greeting begins cut it off when it does, and are answered once', () => {
    const script = new PhoneScript({ speaksFirst: true }).start().session(ready);
    expect(script.takeLines()).toEqual(['say response.create']);
    expect(press(press(script, '5#'), '6#').takeLines()).toEqual([
      'say create "The caller pressed 5#."',
      'say create "The caller pressed 6#."',
    ]);
    expect(script.begin('resp_A').takeLines()).toEqual(['say cancel resp_A', 'say response.create']);
    expect(script.says('A', 240).takeLines()).toEqual(['say truncate A 0']);
    expect(script.responseDone('resp_A', 'cancelled').begin('resp_B').takeLines()).toEqual(['heard']);
    expect(script.says('B', 240, 'resp_B').takeLines()).toEqual(['play 240', 'mark i1:240']);
    expect(press(script, '7#').takeLines()).toContain('say response.create');
  });

  it('pressed before the greeting is refused are answered then', () => {
    const script = press(new PhoneScript({ speaksFirst: true }).start().session(ready), '5#');
    script.takeLines();
    const refused = { type: 'error', error: { code: 'server_error' } };
    expect(script.session(refused).takeLines()).toEqual(['say response.create']);
    expect(script.session(refused).begin('resp_A').takeLines()).toEqual([]);
  });

  it('pressed while the caller speaks are told as well', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 960).at(100).speechStarted();
    script.takeLines();
    expect(press(script, '1').fire('digits').takeLines()).toContain('say create "The caller pressed 1."');
  });
});

describe('what the model says', () => {
  it('is played in whole frames, marked on the way and at its end', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 500);
    expect(script.takeLines()).toEqual(['play 240', 'mark i1:240', 'play 240', 'mark i1:480', 'play 20']);
    expect(script.audioDone('A').takeLines()).toEqual(['mark i1:500']);
  });

  it('keeps what does not fill a frame for the next piece, and fills the last frame with silence', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 30).says('A', 25).audioDone('A');
    expect(script.takeLines()).toEqual(['play 20', 'play 20', 'play 20', 'mark i1:55']);
    const all = Buffer.concat(script.played.map((audio) => Buffer.from(audio.toString(), 'base64')));
    expect(all).toEqual(Buffer.concat([Buffer.alloc(440, 0x2a), Buffer.alloc(40, 0xff)]));
  });

  it('is heard when its last mark comes back and its response is done, in either order', () => {
    const early = PhoneScript.connected().begin('resp_A').says('A', 240).audioDone('A').echo();
    expect(early.takeLines()).not.toContain('heard');
    expect(early.responseDone().takeLines()).toEqual(['heard']);
    const late = PhoneScript.connected().begin('resp_A').says('A', 240).responseDone();
    expect(late.takeLines()).not.toContain('heard');
    expect(late.echo().takeLines()).toEqual(['heard']);
  });

  it('is heard by the clock where there are no marks', () => {
    const script = PhoneScript.connected({ capabilities: { marks: false, lagMs: 100 } })
      .begin('resp_A')
      .says('A', 240);
    expect(script.at(40).responseDone().takeLines()).toEqual(['play 240']);
    expect(script.timers.get('played')).toBe(300);
    expect(script.fire('played').takeLines()).toEqual(['heard']);
  });

  it('is sent no further ahead than the carrier can take, and forgotten with the rest when the caller speaks', () => {
    const script = PhoneScript.connected({ capabilities: { maxAheadMs: 300 } })
      .begin('resp_A')
      .says('A', 960)
      .audioDone('A');
    expect(script.takeLines()).toEqual(['play 240', 'mark i1:240', 'play 240', 'mark i1:480']);
    expect(script.timers.get('pace')).toBe(180);
    expect(script.fire('pace').takeLines()).toEqual(['play 240', 'mark i1:720']);
    expect(script.speechStarted().takeLines()).toEqual(['clear', 'say truncate A 180']);
    expect(script.timers.has('pace')).toBe(false);
  });

  it('that waits is handed over to its end, whatever the carrier does', () => {
    const script = PhoneScript.connected({ capabilities: { maxAheadMs: 100 } })
      .begin('resp_A')
      .says('A', 330)
      .responseDone();
    while (script.timers.has('pace')) script.fire('pace');
    expect(script.played).toHaveLength(7);
    expect(script.echo(2).takeLines().slice(-2)).toEqual(['mark i1:330', 'heard']);
  });

  it('waits while the carrier asks for a pause, and is still cut off by speech', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 240);
    script.carrier({ kind: 'flow', isOpen: false }).says('A', 480).audioDone('A');
    expect(script.takeLines()).toEqual(['play 240', 'mark i1:240']);
    expect(script.carrier({ kind: 'flow', isOpen: true }).takeLines()).toEqual([
      'play 240',
      'mark i1:480',
      'play 240',
      'mark i1:720',
    ]);
    script.begin('resp_B').carrier({ kind: 'flow', isOpen: false }).says('B', 480, 'resp_B').at(100);
    expect(script.speechStarted().takeLines()).toEqual(['clear', 'say truncate A 100', 'say truncate B 0']);
    expect(script.carrier({ kind: 'flow', isOpen: true }).takeLines()).toEqual([]);
  });

  it('is cut short where more would wait than may, and the model is told where', () => {
    const script = PhoneScript.connected({ capabilities: { maxAheadMs: 300 }, limits: { waitingMs: 1000 } });
    script.begin('resp_A').says('A', 700).says('A', 10_000);
    // 480 ms are with the carrier; the last piece is the first beyond a second.
    expect(script.takeLines()).toEqual([
      'play 240',
      'mark i1:240',
      'play 240',
      'mark i1:480',
      'say cancel resp_A',
      'say truncate A 1660',
    ]);
    expect(script.logs).toEqual(['Response too long for the phone, cut short {"responseId":"resp_A"}']);
    expect(script.says('A', 240).audioDone('A').responseDone('resp_A', 'cancelled').takeLines()).toEqual([]);
    while (script.timers.has('pace')) script.fire('pace');
    expect(script.echo(20).takeLines().slice(-2)).toEqual(['mark i1:1660', 'heard']);
    expect(script.counts).toMatchObject({ responses_cut_short: 1, truncations: 1, late_audio_dropped: 1 });
  });

  it('is not cut short while the carrier takes it, however long it is', () => {
    const script = PhoneScript.connected({ limits: { waitingMs: 1000 } })
      .begin('resp_A')
      .says('A', 10_000);
    expect(script.counts.responses_cut_short).toBeUndefined();
    expect(script.played).toHaveLength(42);
  });

  it('reaches the caller as audio alone', () => {
    const script = PhoneScript.connected();
    script.session(
      { type: 'response.output_audio_transcript.delta', delta: 'words' },
      { type: 'conversation.item.added', item: {} },
      { type: 'response.output_audio.delta', delta: 'AAAA' },
      { type: 'response.created' },
      [],
    );
    expect(script.takeLines()).toEqual([]);
  });
});

function decoded(frame: Buffer | undefined): Buffer {
  const { audio } = JSON.parse(String(frame)) as { audio: string };
  return Buffer.from(audio, 'base64');
}
