import {
  activate,
  ask,
  emptyQueue,
  endWait,
  enqueue,
  mayAsk,
  refuse,
  refusedAsk,
  release,
  startSpeech,
  stopSpeech,
  type ClientAsk,
  type RelayAsk,
} from '../../relay/response-queue';

const mine: RelayAsk = { by: 'relay', eventId: 'rly_rc_1', final: false };
const theirs: ClientAsk = { by: 'client', eventId: 'rly_cc_1', clientEventId: 'e', response: undefined, refusals: 0 };
const taken = { isTaken: true, isFailure: false };
const other = { isTaken: false, isFailure: false };

describe('the slot', () => {
  it('is free for one create at a time', () => {
    const asked = ask(emptyQueue, mine, ['resp_A']);
    const active = activate(asked, 'resp_B');
    expect([emptyQueue, asked, active, release(active, 'resp_B')].map((queue) => mayAsk(queue, 'client'))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(release(active, 'resp_other')).toBe(active);
  });

  it('is taken after a refusal until any response ends or the wait is over', () => {
    const refused = refuse(ask(emptyQueue, mine, []), mine, true);
    expect(refused.slot).toEqual({ name: 'taken' });
    expect(release(refused, 'resp_unseen').slot).toEqual({ name: 'free' });
    expect(endWait(refused).slot).toEqual({ name: 'free' });
    expect(activate(refused, 'resp_A').slot).toMatchObject({ name: 'active', ask: null });
  });

  it('stays with a response that began by itself while a create was under way', () => {
    const refused = refuse(activate(ask(emptyQueue, mine, []), 'resp_A'), mine, true);
    expect(refused.slot).toEqual({ name: 'active', responseId: 'resp_A', ask: null });
  });

  it('is free after a refusal for another reason', () => {
    expect(refuse(ask(emptyQueue, mine, []), mine, false).slot).toEqual({ name: 'free' });
  });
});

describe('the speech of the user', () => {
  it('keeps the relay from asking, not the client', () => {
    const speaking = startSpeech(emptyQueue);
    expect([mayAsk(speaking, 'relay'), mayAsk(speaking, 'client')]).toEqual([false, true]);
    expect(mayAsk(stopSpeech(speaking, true), 'relay')).toBe(false);
    expect(mayAsk(endWait(stopSpeech(speaking, true)), 'relay')).toBe(true);
    expect(mayAsk(endWait(speaking), 'relay')).toBe(false);
    expect(mayAsk(stopSpeech(speaking, false), 'relay')).toBe(true);
  });

  it('is answered by a response nobody asked for; one that may be our own leaves it waiting', () => {
    const awaited = stopSpeech(startSpeech(emptyQueue), true);
    expect(activate(awaited, 'resp_A').speech).toBe('silent');
    expect(activate(ask(awaited, theirs, []), 'resp_A').speech).toBe('awaited');
  });
});

describe('a refusal', () => {
  const asked = ask(emptyQueue, mine, []);

  it('is known by its event id, or by its complaint where it has none', () => {
    expect(refusedAsk(asked, 'rly_rc_1', other)).toBe(mine);
    expect(refusedAsk(asked, 'rly_rc_2', taken)).toBeNull();
    expect(refusedAsk(asked, null, taken)).toBe(mine);
    expect(refusedAsk(asked, null, other)).toBeNull();
    expect(refusedAsk(emptyQueue, null, taken)).toBeNull();
  });

  it('may come when the response taken for its answer has ended', () => {
    const over = release(activate(asked, 'resp_A'), 'resp_A');
    expect(refusedAsk(over, null, taken)).toBe(mine);
    expect(refuse(over, mine, true).slot).toEqual({ name: 'free' });
    expect(refusedAsk(refuse(over, mine, true), null, taken)).toBeNull();
  });

  it('is seen in a failure of the server only while a create waits', () => {
    const failure = { isTaken: false, isFailure: true };
    expect(refusedAsk(asked, null, failure)).toBe(mine);
    expect(refusedAsk(activate(asked, 'resp_A'), null, failure)).toBeNull();
  });

  it('gives its round back, and makes the follow-up plain only where nothing was in its way', () => {
    expect(refuse(asked, mine, true)).toMatchObject({
      followUpsInTurn: 0,
      followUpRefusals: 1,
      isFollowUpPlain: false,
    });
    expect(refuse(asked, mine, false)).toMatchObject({ followUpsInTurn: 0, isFollowUpPlain: true });
    expect(activate(refuse(asked, mine, false), 'resp_A')).toMatchObject({
      followUpRefusals: 0,
      isFollowUpPlain: false,
    });
  });
});

it('counts follow-ups in a turn of the user', () => {
  const twice = ask(ask(emptyQueue, mine, []), mine, []);
  expect(twice.followUpsInTurn).toBe(2);
  expect(ask(twice, theirs, []).followUpsInTurn).toBe(0);
  expect(stopSpeech(twice, true).followUpsInTurn).toBe(0);
});

it('queues creates in their order, one that comes back refused in front', () => {
  const second = { ...theirs, eventId: 'rly_cc_2' };
  const back = { ...theirs, eventId: 'rly_cc_0', refusals: 1 };
  const queue = enqueue(enqueue(enqueue(emptyQueue, theirs), second), back);
  expect(queue.waiting.map(({ eventId }) => eventId)).toEqual(['rly_cc_0', 'rly_cc_1', 'rly_cc_2']);
  expect(ask(queue, back, []).waiting.map(({ eventId }) => eventId)).toEqual(['rly_cc_1', 'rly_cc_2']);
});
