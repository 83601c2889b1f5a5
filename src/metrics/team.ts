import { AggregatorRegistry, Counter, Gauge } from 'prom-client';
import type { Gathered } from '../workers/team';
import type { Rendered } from '../metrics';

/** `/metrics` for all workers of a machine, and how many of them it speaks for. */
export async function renderTeam({ answers, silent, kept, restarts }: Gathered<'metrics'>): Promise<Rendered> {
  const registry = AggregatorRegistry.aggregate([...answers.map(({ report }) => report), kept]);
  const registers = [registry];
  const workers = new Gauge({
    name: 'relay_workers',
    help: 'Workers of this machine that are counted here, and those that are not because they did not answer in time.',
    labelNames: ['state'],
    registers,
  });
  workers.set({ state: 'counted' }, answers.length);
  workers.set({ state: 'silent' }, silent.length);
  new Counter({
    name: 'relay_worker_restarts_total',
    help: 'Workers that were started in the place of one that had ended.',
    registers,
  }).inc(restarts);
  return { contentType: registry.contentType, body: await registry.metrics() };
}
