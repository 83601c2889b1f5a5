import { Latencies, latencySamples } from '../../pipeline/latencies';

it('knows nothing before the first', () => {
  expect(new Latencies().summary()).toEqual({ count: 0, p50: null, p95: null, p99: null, max: null });
});

it('takes percentiles of the latest durations and counts all', () => {
  const latencies = new Latencies();
  for (let at = 0; at < latencySamples; at += 1) latencies.add(1e6);
  for (let at = 0; at < latencySamples; at += 1) latencies.add((at * 7) % latencySamples);
  expect(latencies.summary()).toEqual({ count: 2 * latencySamples, p50: 500, p95: 950, p99: 990, max: 999 });
});
