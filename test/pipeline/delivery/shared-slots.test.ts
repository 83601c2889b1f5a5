import { SharedSlots } from '../../../pipeline/delivery/shared-slots';

/** Places that all share, and how many are taken. */
function shared(max: number) {
  const places = { taken: 0, asked: 0 };
  const take = () => {
    places.asked += 1;
    if (places.taken >= max) return Promise.resolve(undefined);
    places.taken += 1;
    return Promise.resolve(() => void (places.taken -= 1));
  };
  return { places, take };
}

const never = new AbortController().signal;
const random = () => 0;

it('a place is taken among all, and given back to all', async () => {
  const { places, take } = shared(1);
  const release = await new SharedSlots(1, take, random).acquire(never);
  expect(places.taken).toBe(1);
  release?.();
  expect(places.taken).toBe(0);
});

it('who finds no place waits until another process gives one back', async () => {
  const { places, take } = shared(1);
  const [mine, theirs] = [new SharedSlots(1, take, random), new SharedSlots(1, take, random)];
  const first = await theirs.acquire(never);
  const second = mine.acquire(never);
  while (places.asked < 3) await new Promise(setImmediate);
  first?.();
  expect(await second).toBeDefined();
  expect(places.taken).toBe(1);
});

it('who waits no longer holds nothing, here or elsewhere', async () => {
  const { places, take } = shared(0);
  const slots = new SharedSlots(1, take, random);
  const enough = new AbortController();
  const waiting = slots.acquire(enough.signal);
  while (places.asked < 2) await new Promise(setImmediate);
  enough.abort();
  expect(await waiting).toBeUndefined();
  const next = new AbortController();
  const asking = slots.acquire(next.signal);
  const before = places.asked;
  while (places.asked === before) await new Promise(setImmediate);
  next.abort();
  expect(await asking).toBeUndefined();
});

it('a place that comes too late is given back', async () => {
  const enough = new AbortController();
  let isGivenBack = false;
  const take = () => {
    enough.abort();
    return Promise.resolve(() => void (isGivenBack = true));
  };
  expect(await new SharedSlots(1, take, random).acquire(enough.signal)).toBeUndefined();
  expect(isGivenBack).toBe(true);
});
