import type { IntentKey, IntentStore } from '../../pipeline';
import { loggerTo } from '../../src/log';
import { startSweeper, type SweeperOptions } from '../../src/sweeper';

type Report = Awaited<ReturnType<IntentStore['sweep']>>;
const nothing: Report = { unknown: [], released: 0, expired: [], due: [], removed: 0, more: false };

function capture() {
  const lines: string[] = [];
  return { log: loggerTo({ write: (line) => void lines.push(line) }), lines };
}

const key = { orgId: 'acme', tool: 'create_appointment', intentId: 'abc' };

/** A sweeper that finds one report after the other and then nothing; `swept` resolves when it has found them all. */
function sweeping(reports: Report[], changes: Partial<SweeperOptions> = {}) {
  const { log, lines } = capture();
  const swept = Promise.withResolvers<undefined>();
  const store = {
    ping: () => Promise.resolve(),
    sweep: () => {
      const report = reports.shift() ?? nothing;
      if (reports.length === 0) swept.resolve(undefined);
      return Promise.resolve(report);
    },
  };
  const handler = { recordLate: () => Promise.resolve(), deliverDue: () => undefined };
  const stop = startSweeper({ store, handler, expired: () => undefined, log, ...changes });
  return { stop, swept: swept.promise, lines: () => lines.map((line) => JSON.parse(line) as object) };
}

it('sweeps at once, goes on while there is more, and reports sends that nobody will settle', async () => {
  const sweeper = sweeping([{ ...nothing, unknown: [key], more: true }, nothing]);
  await sweeper.swept;
  await sweeper.stop();
  expect(sweeper.lines()).toMatchObject([{ level: 'error', ...key }]);
});

it('hands over what is due, and reports and counts promises that were not kept', async () => {
  const due: Report['due'] = [
    {
      state: 'DEFERRED',
      key,
      fingerprint: 'f',
      fence: 1,
      attempts: 0,
      createdAtMs: 0,
      updatedAtMs: 0,
      trail: [],
      outcome: {},
      body: '{}',
      nextTryAtMs: 1,
      expiresAtMs: 2,
    },
  ];
  const handed = jest.fn();
  const expired: IntentKey[] = [];
  const sweeper = sweeping([{ ...nothing, due, expired: [key] }], {
    handler: { recordLate: () => Promise.resolve(), deliverDue: handed },
    expired: (expiredKey) => void expired.push(expiredKey),
  });
  await sweeper.swept;
  await sweeper.stop();
  expect(handed).toHaveBeenCalledWith(due);
  expect(expired).toEqual([key]);
  expect(sweeper.lines()).toMatchObject([
    { level: 'error', ...key, msg: 'Deferred intent has expired: it was not delivered in time' },
  ]);
});

it('has known outcomes written before it looks for lost sends', async () => {
  const order: string[] = [];
  const swept = Promise.withResolvers<undefined>();
  const sweeper = sweeping([], {
    handler: { recordLate: () => Promise.resolve(void order.push('outcomes')), deliverDue: () => undefined },
    store: {
      ping: () => Promise.resolve(),
      sweep: () => {
        order.push('sweep');
        swept.resolve(undefined);
        return Promise.resolve(nothing);
      },
    },
  });
  await swept.promise;
  await sweeper.stop();
  expect(order).toEqual(['outcomes', 'sweep']);
});

describe('a store that fails', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is survived, and swept again when its owners have had time to write what they know', async () => {
    const asked: string[] = [];
    const { log, lines } = capture();
    const store = {
      ping: () => Promise.resolve(void asked.push('ping')),
      sweep: () => {
        asked.push('sweep');
        return asked.length === 1 ? Promise.reject(new Error('on purpose')) : Promise.resolve(nothing);
      },
    };
    const handler = { recordLate: () => Promise.resolve(), deliverDue: () => undefined };
    const stop = startSweeper({ store, handler, expired: () => undefined, log });
    await jest.advanceTimersByTimeAsync(5_000);
    expect(asked).toEqual(['sweep', 'ping']);
    expect(lines.join()).toContain('could not be swept');
    await jest.advanceTimersByTimeAsync(1_999);
    expect(asked).toEqual(['sweep', 'ping']);
    await jest.advanceTimersByTimeAsync(1);
    expect(asked).toEqual(['sweep', 'ping', 'sweep']);
    await stop();
  });
});
