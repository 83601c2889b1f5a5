import { type IntentStore } from '../../../../pipeline/store/store';
import { claimBy, key, leaseMs, otherKey, outcome, retentionMs } from '../fixtures';
import { Moves } from './moves';

/** For a store that knows of every write: a watcher is called once for each of its record, and never else. */
export function itTellsEveryMoveOnce(open: () => IntentStore | Promise<IntentStore>): void {
  it('tells each move once, and nothing that is no move', async () => {
    const store = await open();
    const moves = new Moves();
    const others = new Moves();
    await store.watch(key, moves.onMove);
    await store.watch(otherKey, others.onMove);
    const told: number[] = [];
    const after = async (work: Promise<unknown>): Promise<void> => {
      await work;
      told.push(moves.count);
    };
    const write = { key, owner: 'a', fence: 1 };
    await after(store.claim(claimBy('a')));
    await after(store.claim(claimBy('b')));
    await after(store.startSending({ ...write, leaseMs }));
    await after(store.startSending({ ...write, leaseMs }));
    await after(store.settle({ ...write, state: 'NOT_SENT', outcome, retentionMs: 0 }));
    await after(store.get(key));
    await after(store.list({ limit: 10 }));
    await after(store.sweep({ retentionMs, limit: 10 }));
    await after(store.sweep({ retentionMs, limit: 10 }));
    expect(told).toEqual([1, 1, 2, 2, 3, 3, 3, 4, 4]);
    expect(others.count).toBe(0);
    await store.close();
  });
}
