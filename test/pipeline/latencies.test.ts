import { Latencies, latencySamples, summaryOf } from '../../pipeline/latencies';

it('knows nothing before the first', () => {
  expect(summaryOf([new Latencies().tally()])).toEqual({ count: 0, p50: null, p95: null, p99: null, max: null });
});

it('takes percentiles of the latest durations and counts all', () => {
  const latencies = new Latencies();
  for (let at = 0; at < latencySamples; at += 1) latencies.add(1e6);
  for (let at = 0; at < latencySamples; at += 1) latencies.add((at * 7) % latencySamples);
  expect(summaryOf([latencies.tally()])).toEqual({ count: 2 * latencySamples, p50: 500, p95: 950, p99: 990, max: 999 });
});

it('sums up several processes as one', () => {
  const [few, many] = [new Latencies(), new Latencies()];
  for (const ms of [10, 20]) few.add(ms);
  for (let at = 0; at < 98; at += 1) many.add(1);
  expect(summaryOf([few.tally(), many.tally()])).toEqual({ count: 100, p50: 1, p95: 1, p99: 20, max: 20 });
});
