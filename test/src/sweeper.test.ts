import type { IntentStore } from '../../pipeline';
import { loggerTo } from '../../src/log';
import { startSweeper } from '../../src/sweeper';

type Report = Awaited<ReturnType<IntentStore['sweep']>>;
const nothing: Report = { unknown: [], released: 0, expired: [], due: [], removed: 0, more: false };

function capture() {
  const lines: string[] = [];
  return { log: loggerTo({ write: (line) => void lines.push(line) }), lines };
}

it('sweeps at once, goes on while there is more, and reports sends that nobody will settle', async () => {
  const reports = [
    { ...nothing, unknown: [{ orgId: 'acme', tool: 'create_appointment', intentId: 'abc' }], more: true },
    nothing,
  ];
  const { log, lines } = capture();
  const swept = Promise.withResolvers<undefined>();
  const sweep = () => {
    const report = reports.shift() ?? nothing;
    if (reports.length === 0) swept.resolve(undefined);
    return Promise.resolve(report);
  };
  const stop = startSweeper({ sweep }, log);
  await swept.promise;
  await stop();
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 'error', orgId: 'acme', tool: 'create_appointment', intentId: 'abc' },
  ]);
});

it('survives a store that does not answer', async () => {
  const { log, lines } = capture();
  const stop = startSweeper({ sweep: () => Promise.reject(new Error('on purpose')) }, log);
  await new Promise(setImmediate);
  await stop();
  expect(lines.join()).toContain('could not be swept');
});
