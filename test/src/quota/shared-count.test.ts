import fc from 'fast-check';
import type { Place } from '../../../src/quota/places';
import { SharedCount } from '../../../src/quota/shared-count';

/** What others would believe of a process: what it said last, of what they heard. */
class Others {
  believed = 0;
  answered = 0;

  readonly tell = async (held: number, wanted: number, max: number): Promise<number> => {
    const granted = Math.max(0, Math.min(wanted, max - held));
    this.believed = held + granted;
    const how = this.fate();
    await Promise.resolve();
    if (how === 'lost') throw new Error('The answer was lost.');
    this.answered += 1;
    return granted;
  };

  constructor(private readonly fate: () => 'heard' | 'lost' = () => 'heard') {}
}

it('what is believed is what is held, whatever was taken, given back, refused or lost', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('leave' as const), nth: fc.nat(10) }),
    fc.record({ kind: fc.constant('pause' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.infiniteStream(fc.boolean()), async (steps, fates) => {
      let isCalm = false;
      const others = new Others(() => (isCalm || fates.next().value === true ? 'heard' : 'lost'));
      const count = new SharedCount(others.tell);
      const held: Place[] = [];
      const asked: Promise<unknown>[] = [];
      const max = 6;
      for (const each of steps) {
        if (each.kind === 'leave') held.splice(each.nth, 1).forEach((place) => place.leave());
        else if (each.kind === 'pause') await new Promise(setImmediate);
        else {
          for (let nth = 0; nth < each.count; nth += 1) {
            const asking = count.take(max).then((place) => place && held.push(place));
            asked.push(asking.catch(() => undefined));
          }
        }
        expect(held.length).toBeLessThanOrEqual(max);
      }
      await Promise.all(asked);
      isCalm = true;
      while (!(await count.renew()));
      expect(others.believed).toBe(held.length);
      expect(count.isIdle).toBe(held.length === 0);
    }),
  );
});

it('says in one sentence what happens at once', async () => {
  const others = new Others();
  const count = new SharedCount(others.tell);
  const places = await Promise.all([1, 2, 3, 4].map(() => count.take(3)));
  expect(places.filter((place) => place !== undefined)).toHaveLength(3);
  expect(others.answered).toBe(1);
});

it('refuses nobody because others were let in anyway', async () => {
  const count = new SharedCount(new Others().tell);
  const places = await Promise.all([count.take(1), count.take(Infinity), count.take(1)]);
  expect(places.map((place) => place !== undefined)).toEqual([true, true, false]);
});
