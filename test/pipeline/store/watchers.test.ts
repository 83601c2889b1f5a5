import { setImmediate } from 'node:timers/promises';
import { Watchers } from '../../../pipeline/store/watchers';
import { key, otherKey } from './fixtures';

it('tells those who watch this key, after the work at hand', async () => {
  const watchers = new Watchers();
  const calls: string[] = [];
  watchers.add(key, () => calls.push('one'));
  watchers.add(key, () => calls.push('two'));
  watchers.add(otherKey, () => calls.push('other'));
  watchers.tell(key);
  calls.push('work');
  await setImmediate();
  expect(calls).toEqual(['work', 'one', 'two']);
});

it('tells the same function as often as it was added, and nothing to who has stopped, even just before', async () => {
  const watchers = new Watchers();
  let calls = 0;
  const onMove = (): void => void (calls += 1);
  const unwatch = watchers.add(key, onMove);
  watchers.add(key, onMove);
  watchers.tell(key);
  unwatch();
  await setImmediate();
  expect(calls).toBe(1);
  unwatch();
  watchers.tell(key);
  await setImmediate();
  expect(calls).toBe(2);
});

it('tells nobody once it is cleared', async () => {
  const watchers = new Watchers();
  let calls = 0;
  watchers.add(key, () => void (calls += 1));
  watchers.tell(key);
  watchers.clear();
  watchers.tell(key);
  await setImmediate();
  expect(calls).toBe(0);
});
