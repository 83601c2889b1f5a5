import type { FastifyInstance } from 'fastify';
import type { RealtimeHandler } from '../../pipeline';
import type { Gate } from '../auth';
import type { OrgConfig } from '../config';
import { factsOf } from './admission';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';

/** What the route is made with. */
export interface StatsOptions {
  readonly gate: Gate;
  readonly orgs: readonly OrgConfig[];
  readonly handler: Pick<RealtimeHandler, 'stats'>;
}

/**
 * `GET /api/execute-intent/stats`: an org sees its own counts; the operator sees every org's, or one with `?org_id=`.
 */
export function addStats(app: FastifyInstance, { gate, orgs, handler }: StatsOptions): void {
  app.get<{ Querystring: { org_id?: unknown } }>('/api/execute-intent/stats', async ({ raw, query }) => {
    const caller = await gate.identify(factsOf(raw));
    const wanted = query.org_id;
    switch (caller.kind) {
      case 'refused':
        throw new RefusedError(caller.refusal);
      case 'org':
        if (caller.by === 'client_token') throw new RefusedError(refusal.keyRequired());
        if (wanted !== undefined && wanted !== caller.org.id) throw new RefusedError(refusal.otherOrg());
        return handler.stats(caller.org.id);
      case 'operator': {
        if (wanted === undefined) return { orgs: orgs.map(({ id }) => handler.stats(id)) };
        const stats = typeof wanted === 'string' ? handler.stats(wanted) : undefined;
        if (!stats) throw new RefusedError(refusal.unknownOrg());
        return stats;
      }
    }
  });
}
