import { statsOf } from '../../../pipeline';
import { CallCounter } from '../../../pipeline/stats';
import { createMetrics, type Metrics } from '../../../src/metrics';
import { renderTeam } from '../../../src/metrics/team';
import { LastWords } from '../../../src/workers/last-words';

const ending = { cause: 'client_closed', durationMs: 2_000 } as const;

/** A worker's metrics after so many sessions, of which the last is still open. */
function after(sessions: number): Metrics {
  const metrics = createMetrics();
  for (let ended = 1; ended < sessions; ended += 1) metrics.sessionStarted('acme')(ending);
  metrics.sessionStarted('acme');
  return metrics;
}

const heard = async (words: LastWords, worker: number, metrics: Metrics) =>
  words.heard(worker, { topic: 'metrics', report: await metrics.report() });

/** What is remembered of sessions, as `/metrics` shows it. */
async function remembered(words: LastWords, silent: readonly number[] = []): Promise<string[]> {
  const { body } = await renderTeam({ answers: [], silent, kept: words.of('metrics', silent), restarts: 0 });
  return body
    .split('\n')
    .filter((line) => /^relay_session(s_ended_total|s|_seconds_count|_seconds_sum)[ {]/.test(line));
}

const twoEnded = [
  'relay_sessions_ended_total{cause="client_closed"} 2',
  'relay_session_seconds_sum 4',
  'relay_session_seconds_count 2',
];

it('remembers what a worker counted that has ended, and of its gauges nothing', async () => {
  const words = new LastWords();
  await heard(words, 1, after(3));
  expect(await remembered(words)).toEqual([]);
  words.ended(1);
  expect(await remembered(words)).toEqual(twoEnded);
});

it('remembers the latest of what a worker said', async () => {
  const words = new LastWords();
  await heard(words, 1, after(2));
  await heard(words, 1, after(3));
  words.ended(1);
  expect(await remembered(words)).toEqual(twoEnded);
});

it('adds up all who have ended, on whatever seat', async () => {
  const words = new LastWords();
  for (const [worker, sessions] of [[1, 2] as const, [1, 1] as const, [2, 2] as const]) {
    await heard(words, worker, after(sessions));
    words.ended(worker);
  }
  words.ended(1);
  expect(await remembered(words)).toEqual(twoEnded);
});

it('speaks for who is silent as long as it is', async () => {
  const words = new LastWords();
  await heard(words, 2, after(3));
  expect(await remembered(words, [1, 2])).toEqual(twoEnded);
  expect(await remembered(words, [1])).toEqual([]);
});

it('remembers the calls of an org, but none as under way', () => {
  const counter = new CallCounter('acme', 'redis');
  for (const outcome of ['success', 'duplicate'] as const) {
    counter.began();
    counter.ended({ orgId: 'acme', tool: 'create_appointment', outcome, durationMs: 7 });
  }
  counter.began();
  const words = new LastWords();
  for (const worker of [1, 2]) {
    words.heard(worker, { topic: 'stats', report: [counter.tally()] });
    words.ended(worker);
  }
  const [past, ...more] = words.of('stats', []);
  expect(more).toEqual([]);
  if (past === undefined) throw new Error('Calls are remembered.');
  expect(statsOf([past, counter.tally()])).toMatchObject({
    in_flight: 1,
    calls: 6,
    outcomes: { success: 3, duplicate: 3 },
    tools: { create_appointment: { success: 3, duplicate: 3 } },
    duplicates_prevented: 3,
    latency_ms: { count: 6, p50: 7, max: 7 },
  });
});
