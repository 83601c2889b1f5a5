import type { FastifyRequest } from 'fastify';
import type { Gate } from '../auth';
import { presentedCredential } from '../auth/credential';
import { isFromThisMachine } from '../auth/request-facts';
import { factsOf } from './admission';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';

/** Refuses whoever is not the operator, before a byte of a request's body is read. */
export type OperatorGuard = (request: FastifyRequest) => Promise<void>;

/** @param needsKey False: whoever is on this machine and shows no credential is the operator. */
export function createOperatorGuard(gate: Gate, needsKey: boolean): OperatorGuard {
  return async ({ raw }) => {
    const facts = factsOf(raw);
    if (!needsKey && presentedCredential(facts.headers).kind === 'none' && isFromThisMachine(facts)) return;
    const caller = await gate.identify(facts);
    if (caller.kind === 'refused') throw new RefusedError(caller.refusal);
    if (caller.kind !== 'operator') throw new RefusedError(refusal.operatorOnly());
  };
}
