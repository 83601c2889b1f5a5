import { setImmediate } from 'node:timers/promises';
import { claimBy, key, leaseMs, otherKey, retentionMs } from '../fixtures';
import { Moves } from '../support/moves';
import { type Scene } from '../support/scene';

/** Watching a record, and tickets that are good for one use. */
export function itWatches(scene: () => Scene): void {
  it('tells of every move of a record, by whatever it was made', async () => {
    const { store, clock } = scene();
    const moves = new Moves();
    const unwatch = await store.watch(key, moves.onMove);
    const { fence } = await scene().claimed('a');
    await moves.next();
    await store.startSending({ key, owner: 'a', fence, leaseMs });
    await moves.next();
    await scene().settle('a', fence, 'UNKNOWN');
    await moves.next();
    await scene().reclaimed('o', fence, 'operator');
    await moves.next();
    clock.advance(leaseMs);
    await store.sweep({ retentionMs, limit: 10 });
    await moves.next();
    await store.resolve({ key, fence: fence + 1, state: 'CONFIRMED', outcome: {}, retentionMs, by: 'operator' });
    await moves.next();
    unwatch();
  });

  it('tells several watchers of one record, and each until it stops', async () => {
    const [first, second] = [new Moves(), new Moves()];
    const unwatch = await scene().store.watch(key, first.onMove);
    const unwatchSecond = await scene().store.watch(key, second.onMove);
    await scene().settled('a', 'NOT_SENT');
    await Promise.all([first.next(), second.next()]);
    unwatch();
    unwatch();
    const told = first.count;
    await scene().claimed('b');
    await second.next();
    expect(first.count).toBe(told);
    unwatchSecond();
  });

  it('tells nothing once it is closed, and takes no watcher any more', async () => {
    const { store } = scene();
    const moves = new Moves();
    await store.watch(key, moves.onMove);
    await store.claim(claimBy('a'));
    await store.close();
    const told = moves.count;
    await setImmediate();
    expect(moves.count).toBe(told);
    await expect(store.watch(key, moves.onMove)).rejects.toMatchObject({ code: 'store_unavailable', reason: 'down' });
  });

  it('redeems a ticket for one of many who bring it, and each ticket for itself', async () => {
    const { store } = scene();
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.redeem('ticket-1', 60_000)));
    expect(answers.filter((isFirst) => isFirst)).toEqual([true]);
    await expect(store.redeem('ticket-1', 60_000)).resolves.toBe(false);
    await expect(store.redeem('ticket-2', 60_000)).resolves.toBe(true);
    await expect(store.redeem(JSON.stringify(otherKey), 60_000)).resolves.toBe(true);
  });
}
