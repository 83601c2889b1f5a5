import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '../../../pipeline/store/memory';
import { openStore } from '../../../pipeline/store/open';
import { openSqliteStore } from '../../../pipeline/store/sqlite';
import { describeWithRedis, TestRedis } from '../../support/redis-server';
import { Clock, key } from './fixtures';
import { happenings } from './support/happenings';
import { type Model, type Real } from './support/model';
import { Intent } from './support/promise';
import { PureStore } from './support/pure-store';

jest.setTimeout(120_000);

/** One clock for all runs, because a store outlives a run and time never goes back. */
const clock = new Clock();
let runs = 0;
const met = new Set<string>();

/** Intents nobody has seen, under the promise. */
function untouched(): Model {
  runs += 1;
  const intents = ['a', 'b'].map((name) => new Intent({ ...key, intentId: `${name}-${runs}` }));
  return { clock, intents, tickets: [], meet: (each) => met.add(each) };
}

async function holds(real: () => Real, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(happenings(2), (commands) =>
      fc.asyncModelRun(() => ({ model: untouched(), real: real() }), commands),
    ),
    { numRuns },
  );
}

let owners = 0;
const newOwner = () => `owner-${(owners += 1)}`;
const stay = () => Promise.resolve();

it('the rules keep the promise, whatever happens in whatever order', async () => {
  await holds(() => ({ store: new PureStore(clock.now), newOwner, restart: stay }), 1_000);
  expect([...met].sort()).toEqual([
    'deferred',
    'done',
    'free',
    'in_doubt',
    'in_flight',
    'refused',
    'sent_again',
    'sent_later',
    'taken',
  ]);
});

it('the memory store keeps the promise', async () => {
  await holds(() => ({ store: new MemoryStore({ now: clock.now }), newOwner, restart: stay }), 300);
});

describeWithRedis('two Redis stores', () => {
  it('keep the promise between them, whichever is asked and whichever starts anew', async () => {
    const redis = await TestRedis.start();
    const open = () => openStore(redis.url, { timeoutMs: 20_000, now: clock.now });
    let stores = [await open(), await open()] as const;
    let asked = 0;
    const real: Real = {
      get store() {
        asked += 1;
        // One after the other for a while, so that each has seen what the other has changed since.
        return asked % 5 < 2 ? stores[0] : stores[1];
      },
      newOwner,
      restart: async () => {
        const [old, other] = stores;
        await old.close();
        stores = [other, await open()];
      },
    };
    try {
      await holds(() => real, 60);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
      await redis.dispose();
    }
  });
});

it('the SQLite store keeps the promise, over restarts too', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'relay-model-'));
  const open = () => openSqliteStore({ file: join(directory, 'intents.db'), timeoutMs: 20_000, now: clock.now });
  let store = await open();
  const real: Real = {
    get store() {
      return store;
    },
    newOwner,
    restart: async () => {
      await store.close();
      store = await open();
    },
  };
  try {
    await holds(() => real, 20);
  } finally {
    await store.close();
    await rm(directory, { recursive: true });
  }
});
