import {
  announce,
  answer,
  closeSpoken,
  confirm,
  drop,
  endResponse,
  isBusy,
  isFollowUpDue,
  noRounds,
  owed,
  prepare,
  release,
  silence,
  speak,
  undecided,
  unspeak,
  type ToolRounds,
} from '../../relay/tool-rounds';

const followUp = { output_modalities: ['audio'] };

function running(callId: string, responseId = 'resp_A', table: ToolRounds = noRounds): ToolRounds {
  const announced = announce(table, { callId, responseId, name: 'tool', arguments: '' });
  return release(prepare(announced, callId, 'tool', '{}'), callId);
}

/** A response whose one call is answered. */
const answered = () => endResponse(answer(running('call_1'), 'call_1'), 'resp_A', followUp, false);
const idsOf = (table: ToolRounds) => owed(table).map(({ responseId }) => responseId);

describe('a call', () => {
  it('passes every stage once', () => {
    const prepared = prepare(
      announce(noRounds, { callId: 'call_1', responseId: 'resp_A', name: '', arguments: '' }),
      'call_1',
      'tool',
      '{}',
    );
    expect(undecided(prepared, 'resp_A')).toHaveLength(1);
    const started = release(prepared, 'call_1');
    expect(undecided(started, 'resp_A')).toEqual([]);
    expect(isBusy(started)).toBe(true);
    expect(release(started, 'call_1')).toBe(started);
    expect(prepare(started, 'call_1', 'other', '')).toBe(started);
    expect(drop(started, 'call_1')).toBe(started);
    const given = answer(started, 'call_1');
    expect(answer(given, 'call_1')).toBe(given);
    expect(isBusy(given)).toBe(false);
  });

  it('that was cut off is neither released nor answered, and its round forgotten', () => {
    const dropped = drop(announce(noRounds, { callId: 'c', responseId: 'resp_A', name: '', arguments: '' }), 'c');
    expect(release(dropped, 'c')).toBe(dropped);
    expect(answer(dropped, 'c')).toBe(dropped);
    expect(endResponse(dropped, 'resp_A', followUp, false).rounds).toEqual([]);
  });

  it('nobody knows changes nothing', () => {
    for (const change of [release, drop, answer, confirm]) expect(change(noRounds, 'x')).toBe(noRounds);
    expect(prepare(noRounds, 'x', 'tool', '')).toBe(noRounds);
  });
});

describe('a round', () => {
  it('is owed when its response is done and every call answered', () => {
    const two = running('call_2', 'resp_A', running('call_1'));
    const done = endResponse(answer(two, 'call_1'), 'resp_A', followUp, false);
    expect(idsOf(done)).toEqual([]);
    expect(isFollowUpDue(done, 'resp_A')).toBe(true);
    expect(idsOf(answer(done, 'call_2'))).toEqual(['resp_A']);
    expect(idsOf(answer(answer(two, 'call_1'), 'call_2'))).toEqual([]);
  });

  it('that is silent is owed nothing and forgotten once answered', () => {
    expect(endResponse(answer(running('c'), 'c'), 'resp_A', followUp, true).rounds).toEqual([]);
    expect(silence(answered()).rounds).toEqual([]);
    const waiting = silence(endResponse(running('c'), 'resp_A', followUp, false));
    expect(waiting.rounds).toHaveLength(1);
    expect(idsOf(answer(waiting, 'c'))).toEqual([]);
  });

  it('is spoken for by a response that begins after its outputs were confirmed', () => {
    const spoken = speak(confirm(answered(), 'call_1'), 'resp_B', []);
    expect(idsOf(spoken)).toEqual([]);
    expect(idsOf(unspeak(spoken, 'resp_B'))).toEqual([]);
    expect(closeSpoken(spoken, 'resp_B').rounds).toEqual([]);
  });

  it('is not spoken for by one that begins before', () => {
    expect(idsOf(speak(answered(), 'resp_B', []))).toEqual(['resp_A']);
  });

  it('is believed to be spoken for by the response that was asked for, until it shows that it was another', () => {
    const believed = speak(answered(), 'resp_B', ['resp_A']);
    expect(idsOf(believed)).toEqual([]);
    expect(idsOf(unspeak(believed, 'resp_B'))).toEqual(['resp_A']);
    expect(closeSpoken(believed, 'resp_B').rounds).toEqual([]);
    expect(idsOf(closeSpoken(confirm(believed, 'call_1'), 'resp_B'))).toEqual(['resp_A']);
  });

  it('is joined by a call known from another response, which is not run again but spoken for', () => {
    const again = announce(closeSpoken(speak(confirm(answered(), 'call_1'), 'resp_B', []), 'resp_B'), {
      callId: 'call_1',
      responseId: 'resp_C',
      name: 'tool',
      arguments: '',
    });
    expect(release(again, 'call_1')).toBe(again);
    expect(idsOf(endResponse(again, 'resp_C', followUp, false))).toEqual(['resp_C']);
  });

  it('lets a call that was cut off start anew in another response', () => {
    const dropped = drop(announce(noRounds, { callId: 'c', responseId: 'resp_A', name: '', arguments: '' }), 'c');
    expect(running('c', 'resp_A', dropped).calls.get('c')?.stage.name).toBe('dropped');
    expect(running('c', 'resp_B', dropped).calls.get('c')?.stage.name).toBe('running');
  });
});
