import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Gate } from '../auth';
import type { OrgConfig } from '../config';
import { admitOrg } from './admission';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';

/** Stands before the routes that serve an org. */
export interface OrgGuard {
  /** Refuses whoever is no org, before a byte of the body is read; all, while the relay drains. */
  readonly onRequest: (request: FastifyRequest) => Promise<void>;
  /** The org on whose behalf a request was let in. */
  orgOf(request: FastifyRequest): OrgConfig;
}

/** A guard that takes keys, but not client tokens: those only open sessions. */
export function createOrgGuard(gate: Gate, isDraining: () => boolean): OrgGuard {
  const admitted = new WeakMap<IncomingMessage, OrgConfig>();
  return {
    async onRequest({ raw }) {
      if (isDraining()) throw new RefusedError(refusal.draining());
      const admission = await admitOrg(gate, raw, ['key', 'this_machine']);
      if (admission.kind === 'refused') throw new RefusedError(admission.refusal);
      admitted.set(raw, admission.org);
    },
    orgOf({ raw }) {
      const org = admitted.get(raw);
      if (!org) throw new TypeError('A route that serves an org has no guard.');
      return org;
    },
  };
}
