import { createMetrics } from '../../../src/metrics';
import { renderTeam } from '../../../src/metrics/team';

/** The lines of `/metrics` about one metric, of two workers and a third that is silent. */
async function linesOf(
  name: string,
  use: (one: ReturnType<typeof createMetrics>, two: ReturnType<typeof createMetrics>) => void,
) {
  const [one, two] = [createMetrics(), createMetrics()];
  use(one, two);
  const answers = [
    { worker: 1, report: await one.report() },
    { worker: 2, report: await two.report() },
  ];
  const { body } = await renderTeam({ answers, silent: [3], kept: [], restarts: 4 });
  return body.split('\n').filter((line) => line.startsWith(name));
}

const ending = { cause: 'client_closed', durationMs: 2_000 } as const;

it('counters and gauges of several workers are added up', async () => {
  const use: Parameters<typeof linesOf>[1] = (one, two) => {
    one.sessionStarted('acme');
    two.sessionStarted('acme');
    two.sessionStarted('acme')(ending);
    one.meter.sent('client', 10);
    two.meter.sent('client', 5);
  };
  expect(await linesOf('relay_sessions{', use)).toEqual(['relay_sessions{org="acme"} 2']);
  expect(await linesOf('relay_sent_bytes_total{to="client"}', use)).toEqual(['relay_sent_bytes_total{to="client"} 15']);
  expect(await linesOf('relay_session_seconds_count', use)).toEqual(['relay_session_seconds_count 1']);
});

it('a circuit is open where it is open for any worker', async () => {
  const open = { orgId: 'acme', state: 'open' } as const;
  const lines = await linesOf('relay_webhook_circuit_open{', (one, two) => {
    one.circuitChanged(open);
    two.circuitChanged(open);
  });
  expect(lines).toEqual(['relay_webhook_circuit_open{org="acme"} 1']);
});

it('of the delays of event loops the longest is told', async () => {
  const one = createMetrics();
  const delay = (await one.report()).find(({ name }) => name === 'nodejs_eventloop_lag_p99_seconds');
  if (delay === undefined) throw new Error('Event loops are measured.');
  const at = (value: number) => [{ ...delay, values: [{ value, labels: {} }] }];
  const answers = [
    { worker: 1, report: at(0.5) },
    { worker: 2, report: at(0.25) },
  ];
  const { body } = await renderTeam({ answers, silent: [], kept: [], restarts: 0 });
  expect(body).toContain('nodejs_eventloop_lag_p99_seconds 0.5\n');
});

it('it is said how many workers are counted, how many are silent, and how many were replaced', async () => {
  expect(await linesOf('relay_worker', () => undefined)).toEqual([
    'relay_workers{state="counted"} 2',
    'relay_workers{state="silent"} 1',
    'relay_worker_restarts_total 4',
  ]);
});
