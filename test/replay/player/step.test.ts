import { append, audioDelta, came, done, frameOf, g711, said, scriptOf, twoQuestions } from './support/recordings';
import { VirtualPlay } from './support/virtual-play';

const created = came(0, { type: 'session.created', session: {} });
const began = { type: 'response.created', response: {} };

/** Ends what it plays as a server would that was left. */
const leaves = (play: VirtualPlay) => play.happens({ kind: 'closed', cause: '1000' });

describe('a replayed client', () => {
  it('waits for the end of an answer, however long that takes, and then as long as it was recorded', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.passes(91);
    expect(play.types).toEqual(['conversation.item.create', 'response.create']);
    play.comes(began);
    play.comes(audioDelta);
    play.passes(10_000);
    expect(play.timesOf('response.create')).toHaveLength(1);
    play.comes(done());
    play.passes(499);
    expect(play.timesOf('response.create')).toHaveLength(1);
    play.passes(1);
    expect(play.timesOf('response.create')).toEqual([91, 10_591]);
  });

  it('goes on earlier when the answer comes earlier', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.passes(91);
    for (const event of [began, audioDelta, done()]) play.comes(event);
    play.passes(500);
    expect(play.timesOf('response.create')).toEqual([91, 591]);
  });

  it('leaves when the script is over, and has completed it when the connection is closed', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.passes(91);
    for (const event of [began, audioDelta, done()]) play.comes(event);
    play.passes(500);
    for (const event of [began, audioDelta, done()]) play.comes(event);
    play.passes(999);
    expect(play.hasHungUp).toBe(false);
    play.passes(1);
    expect(play.hasHungUp).toBe(true);
    leaves(play);
    expect(play.outcome).toEqual({ kind: 'completed', differences: [] });
  });

  it('has completed the script also where the server never closes its side', () => {
    const play = VirtualPlay.begun(scriptOf([created, said(10, { type: 'input_audio_buffer.clear' })]));
    play.passes(10);
    expect(play.hasHungUp).toBe(true);
    expect(play.outcome).toBeUndefined();
    play.passes(5_000);
    expect(play.outcome).toEqual({ kind: 'completed', differences: [] });
  });

  it('gives up an answer that does not come', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions), { patienceMs: 8_000 });
    play.passes(91 + 8_000);
    leaves(play);
    expect(play.outcome).toEqual({ kind: 'failed', code: 'no_end_of_answer' });
  });

  it('plays as many times as fast as it is told', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions), { speed: 2 });
    play.passes(45.5);
    for (const event of [began, audioDelta, done()]) play.comes(event);
    play.passes(250);
    expect(play.timesOf('response.create')).toEqual([45.5, 295.5]);
  });

  it('goes on without a part of an answer that does not come, but only where it need not be exact', () => {
    const preamble = [...twoQuestions.slice(0, 7), came(2_150, began), came(2_300, done()), ...twoQuestions.slice(7)];
    const [loose, strict] = (['shape', 'strict'] as const).map((expect) => {
      const play = VirtualPlay.begun(scriptOf(preamble), { expect });
      play.passes(91);
      for (const event of [began, audioDelta, done()]) play.comes(event);
      play.passes(4_999);
      return play;
    });
    expect(loose?.timesOf('response.create')).toHaveLength(1);
    loose?.passes(301);
    strict?.passes(5_000);
    expect(loose?.timesOf('response.create')).toEqual([91, 91 + 5_000 + 300]);
    expect(strict?.timesOf('response.create')).toHaveLength(1);
  });

  it('waits for the last part of an answer that has more parts than were recorded', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.passes(91);
    for (const event of [began, audioDelta, done(), began]) play.comes(event);
    play.passes(3_000);
    expect(play.timesOf('response.create')).toHaveLength(1);
    play.comes(done());
    play.passes(500);
    expect(play.timesOf('response.create')).toHaveLength(2);
  });

  it('is not ahead of a server that answers in more parts', () => {
    const play = VirtualPlay.begun(scriptOf([...twoQuestions.slice(0, -1), said(3_100, { type: 'response.create' })]));
    play.passes(91);
    for (const event of [began, audioDelta, done(), began, audioDelta, done()]) play.comes(event);
    play.passes(500);
    expect(play.timesOf('response.create')).toHaveLength(2);
    play.passes(10_000);
    expect(play.timesOf('response.create')).toHaveLength(2);
    for (const event of [began, audioDelta, done()]) play.comes(event);
    play.passes(100);
    expect(play.timesOf('response.create')).toHaveLength(3);
  });

  it('is kept by no part of an answer that began and ended in the recording alone', () => {
    const parts = [
      created,
      said(0, { type: 'response.create' }),
      ...[began, audioDelta, done(), began].map((event, index) => came(10 + index, event)),
      said(20, { type: 'input_audio_buffer.clear' }),
      came(30, done()),
      said(40, { type: 'response.create' }),
      came(50, began),
      came(60, done()),
    ];
    const play = VirtualPlay.begun(scriptOf(parts), { patienceMs: 60_000 });
    for (const event of [began, audioDelta, done()]) play.comes(event);
    play.passes(5_100);
    expect(play.types).toEqual(['response.create', 'input_audio_buffer.clear', 'response.create']);
    play.passes(100);
    expect(play.hasHungUp).toBe(false);
    for (const event of [began, done()]) play.comes(event);
    leaves(play);
    expect(play.outcome).toMatchObject({ kind: 'completed' });
  });

  it('says when the server ended the session before its time', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.happens({ kind: 'closed', cause: 'slow_client' });
    expect(play.outcome).toEqual({ kind: 'failed', code: 'closed_slow_client' });
  });

  it('waits for a server that ended the recorded session', () => {
    const lines = [
      created,
      said(10, { type: 'response.create' }),
      came(20, began),
      came(30, done()),
      { t: 900, end: 'call_ended' },
    ];
    const play = VirtualPlay.begun(scriptOf(lines), { patienceMs: 3_000 });
    play.passes(10);
    for (const event of [began, done()]) play.comes(event);
    play.passes(3_000);
    expect(play.hasHungUp).toBe(false);
    play.happens({ kind: 'closed', cause: 'call_ended' });
    expect(play.outcome).toEqual({ kind: 'completed', differences: [] });

    const another = VirtualPlay.begun(scriptOf(lines), { patienceMs: 3_000 });
    another.passes(10);
    for (const event of [began, done()]) another.comes(event);
    another.passes(4_000);
    leaves(another);
    expect(another.outcome).toEqual({ kind: 'failed', code: 'no_end' });
  });

  it('tells of a connection that was not let in', () => {
    const play = new VirtualPlay(scriptOf(twoQuestions));
    play.happens({ kind: 'refused', code: 'http_429' });
    expect(play.outcome).toEqual({ kind: 'refused', code: 'http_429' });
    play.comes(done());
    expect(play.sent).toEqual([]);
  });

  it('gives up a connection that is neither opened nor refused', () => {
    const play = new VirtualPlay(scriptOf(twoQuestions));
    play.happens({ kind: 'woken' });
    expect(play.outcome).toEqual({ kind: 'refused', code: 'connect_timeout' });
  });

  it('cancels no answer that is over', () => {
    const lines = [
      created,
      said(0, { type: 'response.create' }),
      came(10, began),
      said(20, { type: 'response.cancel' }),
      came(30, done('cancelled')),
    ];
    const quick = VirtualPlay.begun(scriptOf(lines));
    for (const event of [began, done()]) quick.comes(event);
    quick.passes(10);
    expect(quick.types).toEqual(['response.create']);

    const slow = VirtualPlay.begun(scriptOf(lines));
    slow.comes(began);
    slow.passes(10);
    expect(slow.types).toEqual(['response.create', 'response.cancel']);
  });

  it.each(['connecting', 'playing'])('ends when it is stopped while %s', (when) => {
    const play =
      when === 'playing' ? VirtualPlay.begun(scriptOf(twoQuestions)) : new VirtualPlay(scriptOf(twoQuestions));
    play.happens({ kind: 'stopped' });
    expect(play.hasHungUp).toBe(true);
    if (when === 'playing') leaves(play);
    expect(play.outcome).toEqual({ kind: 'stopped' });
  });
});

describe('a microphone', () => {
  /** Three frames, an answer that began after the third, and two frames more. */
  const stream = [
    created,
    ...['a', 'b', 'c'].map((letter, index) => said(100 + 20 * index, append(letter))),
    came(150, began),
    ...['d', 'e'].map((letter, index) => said(160 + 20 * index, append(letter))),
  ];
  const heardFrom = (play: VirtualPlay) =>
    play.sent.map(({ event }) => Buffer.from(String(event['audio']), 'base64').toString('latin1', 0, 1));

  it('keeps its pace', () => {
    const play = VirtualPlay.begun(scriptOf(stream));
    play.passes(120);
    play.comes(began);
    play.passes(1_000);
    expect(heardFrom(play)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(play.timesOf('input_audio_buffer.append')).toEqual([100, 120, 140, 160, 180]);
  });

  it('picks up silence while the client waits, at the same pace', () => {
    const play = VirtualPlay.begun(scriptOf(stream));
    play.passes(200);
    play.comes(began);
    play.passes(1_000);
    expect(heardFrom(play)).toEqual(['a', 'b', 'c', 'ÿ', 'ÿ', 'ÿ', 'd', 'e']);
    expect(play.timesOf('input_audio_buffer.append')).toEqual([100, 120, 140, 160, 180, 200, 220, 240]);
  });

  it('makes up for what is overdue, and says when it was due', () => {
    const play = VirtualPlay.begun(scriptOf(stream));
    play.comes(began);
    play.isHeldUp(1_000);
    expect(play.sent.map(({ dueMs }) => dueMs)).toEqual([100, 120, 140, 160, 180]);
    expect(play.sent.every(({ atMs }) => atMs === 1_000)).toBe(true);
  });

  it.each([
    ['next to nothing', 0.001],
    ['nothing', 0],
    ['absurdly much', 1e15],
  ])('sends no more than a microphone would where a frame is said to be %s', (_what, lengthMs) => {
    const event = { type: 'input_audio_buffer.append', audio_ms: lengthMs };
    const lines = [created, said(0, event), said(1, event), came(2, began), said(3, event)];
    const play = VirtualPlay.begun(scriptOf(lines));
    play.passes(1_000);
    expect(play.sent.length).toBeLessThan(60);
  });

  it('stays shut after it was shut for a while', () => {
    const play = VirtualPlay.begun(scriptOf([created, said(0, append('a')), said(2_000, append('b'))]));
    play.passes(3_000);
    expect(heardFrom(play)).toEqual(['a', 'b']);
  });
});

describe('what is measured', () => {
  it('counts from when a thing was due, not from when it was done', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.isHeldUp(500);
    play.comes({ type: 'conversation.item.added', item: { id: 'item_9', type: 'message', role: 'user' } });
    play.passes(100);
    play.comes(began);
    play.comes(audioDelta);
    expect(play.took('round_trip')).toEqual([410]);
    expect(play.took('first_audio')).toEqual([509]);
  });

  it('takes the first audio of an answer only', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.passes(100);
    for (const event of [began, audioDelta, audioDelta]) play.comes(event);
    expect(play.took('first_audio')).toHaveLength(1);
  });

  it('finds the end of a spoken turn in the audio that was sent', () => {
    const frames = Array.from({ length: 50 }, (_, nth) => said(20 * nth, append('a')));
    const play = VirtualPlay.begun(scriptOf([created, ...frames, { t: 9_000, end: 'client_closed' }]));
    play.passes(980);
    // Of the 1,000 ms that have been sent the last 200 were no speech.
    play.comes({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 800 });
    play.passes(0);
    play.comes(audioDelta);
    expect(play.took('first_audio')).toEqual([200]);
  });

  it('adds up the gaps of an answer that comes slower than it is heard', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.comes({ type: 'session.updated', session: { audio: { output: { format: { type: 'audio/pcmu' } } } } });
    play.passes(91);
    play.comes(began);
    play.comes(audioDelta);
    play.passes(50);
    play.comes(audioDelta);
    play.comes(done());
    expect(play.took('stall')).toEqual([30]);
  });

  it('times tools where the relay tells of them', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.comes({ type: 'relay.activity', state: 'busy' });
    play.passes(70);
    play.comes({ type: 'relay.activity', state: 'idle' });
    expect(play.took('tool_round')).toEqual([70]);
  });

  it('counts errors by their code', () => {
    const play = VirtualPlay.begun(scriptOf(twoQuestions));
    play.comes({ type: 'error', error: { code: 'rate_limit_exceeded' } });
    expect(play.errors).toEqual(['rate_limit_exceeded']);
  });
});

describe('ids', () => {
  const item = (id: string) => ({ type: 'conversation.item.added', item: { id, type: 'message', role: 'assistant' } });
  const lines = [
    created,
    said(0, { type: 'response.create' }),
    came(10, began),
    came(20, item('item_recorded')),
    came(30, done()),
    said(40, { type: 'conversation.item.truncate', item_id: 'item_recorded', content_index: 0, audio_end_ms: 30 }),
  ];
  const phoneSound = { type: 'session.updated', session: { audio: { output: { format: g711 } } } };
  const sound = { ...audioDelta, item_id: 'item_here' };

  it('are those of this session', () => {
    const play = VirtualPlay.begun(scriptOf(lines));
    for (const event of [phoneSound, began, item('item_here'), sound, sound, done()]) play.comes(event);
    play.passes(10);
    expect(play.sent.at(-1)?.event).toMatchObject({
      type: 'conversation.item.truncate',
      item_id: 'item_here',
      audio_end_ms: 30,
    });
  });

  it('of a shorter answer are spoken of as far as it goes', () => {
    const play = VirtualPlay.begun(scriptOf(lines));
    for (const event of [phoneSound, began, item('item_here'), sound, done()]) play.comes(event);
    play.passes(10);
    expect(play.sent.at(-1)?.event).toMatchObject({ item_id: 'item_here', audio_end_ms: 20 });
  });

  it('of an answer without sound are not cut short', () => {
    const play = VirtualPlay.begun(scriptOf(lines));
    for (const event of [phoneSound, began, item('item_here'), done()]) play.comes(event);
    play.passes(10);
    expect(play.types).toEqual(['response.create']);
  });

  it('of what never came are not spoken of', () => {
    const play = VirtualPlay.begun(scriptOf(lines));
    for (const event of [began, done()]) play.comes(event);
    play.passes(10);
    expect(play.types).toEqual(['response.create']);
  });
});

it('a frame can be told by its letter', () => {
  expect(Buffer.from(frameOf('a'), 'base64')).toHaveLength(160);
});
