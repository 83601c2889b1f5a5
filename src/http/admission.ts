import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Gate, Proof, RequestFacts } from '../auth';
import type { OrgConfig } from '../config';
import { type Refusal, refusal } from './refusal';

export type Admission =
  { readonly kind: 'admitted'; readonly org: OrgConfig } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Lets a request in on behalf of an org, if it proved to be that org in one of the accepted ways. */
export async function admitOrg(gate: Gate, request: IncomingMessage, accepted: readonly Proof[]): Promise<Admission> {
  const caller = await gate.identify(factsOf(request));
  if (caller.kind === 'refused') return caller;
  if (caller.kind === 'org' && accepted.includes(caller.by)) return { kind: 'admitted', org: caller.org };
  return { kind: 'refused', refusal: refusal.keyRequired() };
}

/** What is known of a request when it is judged. */
export const factsOf = ({ headers, socket }: IncomingMessage): RequestFacts => ({
  headers,
  remoteAddress: socket.remoteAddress,
  isEncrypted: socket instanceof TLSSocket,
});
