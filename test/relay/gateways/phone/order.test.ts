import fc from 'fast-check';
import { giveUpMissing, noFrames, takeInOrder, type FrameOrder } from '../../../../relay/gateways/phone/order';
import { PhoneScript } from '../support/phone-script';

const frame = (chunk: number) =>
  ({ kind: 'audio', streamId: null, base64: Buffer.from('AAAA'), timestampMs: null, chunk }) as const;

/** The numbers of the frames that were passed on, in order. */
function pass(chunks: readonly number[], mostEarly = 5): { passed: number[]; order: FrameOrder; late: number } {
  let order = noFrames;
  let late = 0;
  const passed: number[] = [];
  for (const chunk of chunks) {
    const taken = takeInOrder(order, frame(chunk), mostEarly);
    order = taken.order;
    if (taken.isLate) late += 1;
    passed.push(...taken.ready.map(({ chunk: number }) => number));
  }
  return { passed, order, late };
}

describe('frames that come in any order', () => {
  it.each<[string, number[], number[]]>([
    ['pass at once in the right one', [2, 3, 4], [2, 3, 4]],
    ['wait for one before them', [1, 3, 4, 2, 5], [1, 2, 3, 4, 5]],
    ['wait in the right order', [1, 4, 3, 2], [1, 2, 3, 4]],
    ['pass once', [1, 2, 2, 1, 3], [1, 2, 3]],
    ['that came early pass once', [1, 3, 3, 2], [1, 2, 3]],
    ['wait for no more than a few', [1, 3, 4, 5, 6, 7, 8, 9], [1, 3, 4, 5, 6, 7, 8, 9]],
    ['do not pass after they were given up', [1, 3, 4, 5, 6, 7, 8, 2, 9], [1, 3, 4, 5, 6, 7, 8, 9]],
    ['wait for each that is missing', [1, 3, 5, 6, 7, 8, 9, 4], [1, 3, 4, 5, 6, 7, 8, 9]],
    ['are counted anew', [9000, 9001, 1, 2], [9000, 9001, 1, 2]],
  ])('%s', (_what, chunks, passed) => {
    expect(pass(chunks).passed).toEqual(passed);
  });

  it('are all passed on in their order while none is more than a few places off', () => {
    const shuffled = fc
      .array(fc.nat(4), { minLength: 1, maxLength: 80 })
      .map((shifts) => shifts.map((shift, index) => ({ chunk: index, place: index + shift + (index === 0 ? -9 : 0) })))
      .map((frames) => frames.toSorted((a, b) => a.place - b.place).map(({ chunk }) => chunk));
    fc.assert(
      fc.property(shuffled, (chunks) => {
        const { passed, late } = pass(chunks);
        expect(passed).toEqual(chunks.toSorted((a, b) => a - b));
        expect(late).toBe(0);
      }),
    );
  });

  it('are passed on rising, each once, and never kept beyond a few, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 100 }), (chunks) => {
        const { passed, order, late } = pass(chunks);
        expect(passed).toEqual([...new Set(passed)].toSorted((a, b) => a - b));
        expect(order.early.length).toBeLessThanOrEqual(5);
        expect(passed.length + late + order.early.length).toBe(chunks.length);
        const rest = giveUpMissing(order);
        expect(rest.ready).toEqual(order.early);
        expect(rest.order.early).toEqual([]);
      }),
    );
  });
});

describe('a call whose frames come in any order', () => {
  it('passes them on as they were said', () => {
    const script = PhoneScript.connected().frame(0, 20, 1).frame(40, 60, 3);
    expect(script.takeLines()).toEqual(['say append 20']);
    expect(script.timers.get('order')).toBe(100);
    expect(script.frame(20, 40, 2).takeLines()).toEqual(['say append 40', 'say append 60']);
    expect(script.timers.has('order')).toBe(false);
  });

  it('waits for a missing one no longer than it may, and drops it when it comes at last', () => {
    const script = PhoneScript.connected({ limits: { reorderMs: 60 } });
    script.frame(null, 20, 1).frame(null, 60, 3).frame(null, 80, 4);
    script.takeLines();
    expect(script.fire('order').takeLines()).toEqual(['say append 60', 'say append 80']);
    expect(script.frame(null, 40, 2).frame(null, 100, 5).takeLines()).toEqual(['say append 100']);
    expect(script.counts.late_frames_dropped).toBe(1);
    script.frame(null, 20, 7).frame(null, 20, 8).frame(null, 20, 9);
    expect(script.takeLines()).toEqual([]);
    expect(script.frame(null, 20, 10).takeLines()).toHaveLength(4);
  });

  it('ends by name when one that waited has an impossible timestamp', () => {
    const script = PhoneScript.connected().frame(0, 20, 1).frame(90_000, 20, 3);
    expect(script.fire('order').takeLines()).toEqual(['say append 20', 'end carrier_impossible_timestamp']);
  });
});
