import { type RunningRelay } from '../../../src/server';

/** What a relay's `/metrics` say now, by name and labels as they are written there: `relay_sessions{org="acme"}`. */
export async function metricsOf({ url }: Pick<RunningRelay, 'url'>): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** Asks for the metrics again and again until one has reached a value; the test's own timeout ends a wait in vain. */
export async function metricReaches(relay: Pick<RunningRelay, 'url'>, name: string, least: number): Promise<void> {
  while (((await metricsOf(relay)).get(name) ?? 0) < least);
}

/** The same for one that goes down. */
export async function metricFallsTo(relay: Pick<RunningRelay, 'url'>, name: string, most: number): Promise<void> {
  while (((await metricsOf(relay)).get(name) ?? 0) > most);
}
