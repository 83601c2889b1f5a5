import type { MetricReport } from '../workers/team';

/** What several processes have counted, added up; only what never falls: counters and histograms, no gauges. */
export function growingMetrics(reports: readonly (readonly MetricReport[])[]): MetricReport[] {
  const sums = new Map<string, Sum>();
  for (const metric of reports.flat().filter(isGrowing)) {
    const sum = sums.get(metric.name) ?? { metric, values: new Map<string, Value>() };
    sums.set(metric.name, sum);
    for (const value of metric.values) {
      const key = JSON.stringify([value.metricName, Object.entries(value.labels).sort()]);
      sum.values.set(key, { ...value, value: (sum.values.get(key)?.value ?? 0) + value.value });
    }
  }
  return [...sums.values()].map(({ metric, values }) => ({ ...metric, values: [...values.values()] }));
}

type Value = MetricReport['values'][number] & { readonly metricName?: string };

interface Sum {
  readonly metric: MetricReport;
  readonly values: Map<string, Value>;
}

/** The types of prom-client number the kinds of metrics; what it writes down are their names. */
const isGrowing = ({ type }: MetricReport): boolean => ['counter', 'histogram'].includes(String(type));
