import type { FastifyInstance } from 'fastify';
import { type OrgStats, type OrgTally, statsOf } from '../../pipeline';
import type { Gate } from '../auth';
import type { OrgConfig } from '../config';
import { factsOf } from './admission';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';

/** What the processes of this machine have counted. */
export type StatsSource = () => Promise<CountedCalls>;

export interface CountedCalls {
  /** Of every org, from every process that answered. */
  readonly tallies: readonly OrgTally[];
  /** The numbers of the workers that are counted and of those that did not answer in time; left out: there are no workers. */
  readonly workers?: { readonly counted: readonly number[]; readonly silent: readonly number[] };
}

/** What the route is made with. */
export interface StatsOptions {
  readonly gate: Gate;
  readonly orgs: readonly OrgConfig[];
  readonly statsOfAll: StatsSource;
}

/**
 * `GET /api/execute-intent/stats`: an org sees its own counts; the operator sees every org's, or one with `?org_id=`. Where
 * several workers serve, they are added up, and `workers` says whose they are.
 */
export function addStats(app: FastifyInstance, { gate, orgs, statsOfAll }: StatsOptions): void {
  app.get<{ Querystring: { org_id?: unknown } }>('/api/execute-intent/stats', async ({ raw, query }) => {
    const caller = await gate.identify(factsOf(raw));
    const wanted = query.org_id;
    switch (caller.kind) {
      case 'refused':
        throw new RefusedError(caller.refusal);
      case 'org':
        if (caller.by === 'client_token') throw new RefusedError(refusal.keyRequired());
        if (wanted !== undefined && wanted !== caller.org.id) throw new RefusedError(refusal.otherOrg());
        return ofOrg(caller.org.id, await statsOfAll());
      case 'operator': {
        if (wanted === undefined) return ofAll(await statsOfAll());
        const org = orgs.find(({ id }) => id === wanted);
        if (!org) throw new RefusedError(refusal.unknownOrg());
        return ofOrg(org.id, await statsOfAll());
      }
    }
  });

  const ofAll = ({ tallies, workers }: CountedCalls) => ({
    orgs: orgs.flatMap(({ id }) => sumOf(id, tallies) ?? []),
    ...(workers && { workers }),
  });
}

/** Of an org of which nobody has counted anything, because nobody answered, there is nothing but who did not. */
const ofOrg = (orgId: string, { tallies, workers }: CountedCalls) => ({
  ...sumOf(orgId, tallies),
  ...(workers && { workers }),
});

function sumOf(orgId: string, tallies: readonly OrgTally[]): OrgStats | undefined {
  const [first, ...others] = tallies.filter((tally) => tally.orgId === orgId);
  return first && statsOf([first, ...others]);
}
