import { drain, drainLimits, type Stoppable } from '../../src/drain';
import { loggerTo } from '../../src/log';
import { configWith, withLimits } from './support/relay';

const log = loggerTo({ write: () => undefined });
const never = () => new Promise<void>(() => undefined);

/** Parts that write down what is asked of them. */
function partsWith(changes: Partial<Stoppable> = {}): { parts: Stoppable; steps: string[] } {
  const steps: string[] = [];
  const done = (step: string) => () => {
    steps.push(step);
    return Promise.resolve();
  };
  const parts: Stoppable = {
    refuseNew: () => void steps.push('refuse new'),
    drainSessions: done('drain sessions'),
    endSessions: () => void steps.push('end sessions'),
    settleTools: done('settle tools'),
    closeServer: done('close server'),
    closeStore: done('close store'),
    ...changes,
  };
  return { parts, steps };
}

it('refuses first and closes the store last', async () => {
  const { parts, steps } = partsWith();
  await drain(parts, { drainMs: 10_000, settleMs: 10_000 }, log);
  expect(steps).toEqual(['refuse new', 'drain sessions', 'settle tools', 'close server', 'close store']);
});

it('ends the conversations that are still going when the time is over', async () => {
  const { parts, steps } = partsWith({ drainSessions: never });
  await drain(parts, { drainMs: 1, settleMs: 1 }, log);
  expect(steps).toEqual(['refuse new', 'end sessions', 'settle tools', 'close server', 'close store']);
});

it('waits for sends before the store is closed', async () => {
  let sent: () => void = () => undefined;
  const { parts, steps } = partsWith({ settleTools: () => new Promise((resolve) => (sent = resolve)) });
  const drained = drain(parts, { drainMs: 10_000, settleMs: 10_000 }, log);
  await new Promise(setImmediate);
  expect(steps).toEqual(['refuse new', 'drain sessions']);
  sent();
  await drained;
  expect(steps).toEqual(['refuse new', 'drain sessions', 'close server', 'close store']);
});

it('does not wait for ever for a send', async () => {
  const { parts, steps } = partsWith({ settleTools: never });
  await drain(parts, { drainMs: 1, settleMs: 1 }, log);
  expect(steps).toContain('close store');
});

it('gives a call that has just begun the time it may take, however short the time for conversations is', () => {
  const config = configWith({ ZAPIER_WEBHOOK_URL: 'https://hooks.example.com/' });
  for (const [drainMs, settleMs] of [
    [20_000, 4_000],
    [8_000, 4_000],
    [0, 12_000],
  ] as const) {
    expect(drainLimits(withLimits(config, { drainMs }))).toEqual({ drainMs, settleMs });
  }
});
