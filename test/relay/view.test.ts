import {
  begin,
  disown,
  emptyView,
  finish,
  hideIndex,
  isOver,
  isPlain,
  isUnderWay,
  reveal,
  settle,
  visibleIndex,
  type View,
} from '../../relay/view';

const created = (id: string) => ({ created: id });
const done = (id: string) => ({ done: id });

function begun(view: View, id: string, change: { inConversation?: boolean; isFollowUp?: boolean } = {}): View {
  return begin(view, { id, inConversation: true, isFollowUp: false, ...change }, created(id));
}

describe('a response', () => {
  it('is held until it has something to show', () => {
    const held = begun(emptyView, 'A');
    expect(isPlain(held)).toBe(false);
    const shown = reveal(held, 'A');
    expect(shown.events).toEqual([created('A')]);
    expect(isPlain(shown.view)).toBe(true);
    expect(reveal(shown.view, 'A').events).toEqual([]);
    expect(finish(shown.view, 'A', done('A'), true).events).toEqual([done('A')]);
  });

  it('that showed nothing is kept back while a follow-up is due, and replaced by it', () => {
    const kept = finish(begun(emptyView, 'A'), 'A', done('A'), true);
    expect(kept.events).toEqual([]);
    const followUp = finish(begun(kept.view, 'B', { isFollowUp: true }), 'B', done('B'), false);
    expect(followUp.events).toEqual([created('B'), done('B')]);
    expect(followUp.view.responses).toEqual([]);
  });

  it('that was kept back is shown before another response, or when the wait is over', () => {
    const { view } = finish(begun(emptyView, 'A'), 'A', done('A'), true);
    const lost = [created('A'), done('A')];
    expect(settle(view).events).toEqual(lost);
    expect(reveal(begun(view, 'B'), 'B').events).toEqual([...lost, created('B')]);
    const disowned = disown(begun(view, 'B', { isFollowUp: true }), 'B');
    expect(reveal(disowned, 'B').events).toEqual([...lost, created('B')]);
  });

  it('out of band leaves what is kept back alone', () => {
    const { view } = finish(begun(emptyView, 'A'), 'A', done('A'), true);
    expect(reveal(begun(view, 'aside', { inConversation: false }), 'aside').events).toEqual([created('aside')]);
  });

  it('is under way from its beginning to its end, and remembered as over', () => {
    const held = begun(emptyView, 'A');
    expect([isUnderWay(held, 'A'), isOver(held, 'A')]).toEqual([true, false]);
    const kept = finish(held, 'A', done('A'), true).view;
    expect([isUnderWay(kept, 'A'), isOver(kept, 'A')]).toEqual([false, true]);
  });

  it('is not remembered for ever', () => {
    let view = emptyView;
    for (let count = 0; count < 100; count++)
      view = finish(begun(view, `R${count}`), `R${count}`, done(''), false).view;
    expect(view.over).toHaveLength(32);
    expect(isOver(view, 'R99')).toBe(true);
  });
});

describe('places', () => {
  it('are counted without the hidden ones before them', () => {
    const view = hideIndex(hideIndex(hideIndex(begun(emptyView, 'A'), 'A', 0), 'A', 2), 'A', 2);
    expect([0, 1, 2, 3].map((place) => visibleIndex(view, 'A', place))).toEqual([undefined, 0, undefined, 1]);
    expect(visibleIndex(view, 'other', 3)).toBe(3);
  });

  it('of a response with hidden items leave the fast path until its end', () => {
    const hiding = reveal(hideIndex(begun(emptyView, 'A'), 'A', 1), 'A').view;
    expect(isPlain(hiding)).toBe(false);
    expect(isPlain(finish(hiding, 'A', done('A'), false).view)).toBe(true);
  });
});
