import { createConnectRate } from '../../../src/quota/connect-rate';

it('allows an address its share of each second, and others theirs', async () => {
  let now = 0;
  const rate = createConnectRate(2, () => now);
  const allowed = (...addresses: string[]) => Promise.all(addresses.map((address) => rate.allows(address)));
  expect(await allowed('a', 'a', 'a', 'b')).toEqual([true, true, false, true]);
  now = 999;
  expect(await allowed('a')).toEqual([false]);
  now = 1_000;
  expect(await allowed('a', 'a', 'a')).toEqual([true, true, false]);
});
