import type { OrgConfig } from './config';
import { clientTokenPrefix, type ClientTokens } from './auth/client-token';
import { presentedCredential } from './auth/credential';
import { createKeyRing } from './auth/key-ring';
import { isFromThisMachine, type RequestFacts } from './auth/request-facts';
import { type Refusal, refusal } from './http/refusal';

export type { RequestFacts };

/** How an org proved itself: with one of its keys, with a client token, or by being keyless and on this machine. */
export type Proof = 'key' | 'client_token' | 'this_machine';

/** Who sent a request. */
export type Caller =
  | { readonly kind: 'org'; readonly org: OrgConfig; readonly by: Proof }
  | { readonly kind: 'operator' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Judges requests before anything is done for them. */
export interface Gate {
  /** Says who sent a request, and whether the page it comes from may. Expected refusals are values; it never throws. */
  identify(request: RequestFacts): Promise<Caller>;
}

/** What the gate must know of the settings. */
export interface GateSettings {
  readonly orgs: readonly OrgConfig[];
  readonly operatorKey: string | undefined;
  readonly publicUrl: string | undefined;
  readonly tokens: ClientTokens;
}

export function createGate({ orgs, operatorKey, publicUrl, tokens }: GateSettings): Gate {
  const byId = new Map(orgs.map((org) => [org.id, org]));
  const keyless = orgs.find(({ apiKeys }) => apiKeys.length === 0);
  const keys = createKeyRing<Caller>([
    ...orgs.flatMap((org) => org.apiKeys.map((key) => [key, { kind: 'org', org, by: 'key' }] as const)),
    ...(operatorKey === undefined ? [] : [[operatorKey, { kind: 'operator' }] as const]),
  ]);

  const identifyToken = async (token: string): Promise<Caller> => {
    const verdict = await tokens.verify(token);
    switch (verdict.kind) {
      case 'valid': {
        const org = byId.get(verdict.orgId);
        return org ? { kind: 'org', org, by: 'client_token' } : refused(refusal.unknownOrg());
      }
      case 'expired':
        return refused(refusal.tokenExpired());
      case 'forged':
        return refused(refusal.wrongCredential());
    }
  };

  const identifyAny = async (request: RequestFacts): Promise<Caller> => {
    const presented = presentedCredential(request.headers);
    switch (presented.kind) {
      case 'malformed':
        return refused(refusal.wrongCredential());
      case 'credential':
        if (presented.value.startsWith(clientTokenPrefix)) return identifyToken(presented.value);
        return keys.ownerOf(presented.value) ?? refused(refusal.wrongCredential());
      case 'none':
        if (keyless && isFromThisMachine(request)) return { kind: 'org', org: keyless, by: 'this_machine' };
        return refused(refusal.noCredential());
    }
  };

  return {
    async identify(request) {
      const caller = await identifyAny(request);
      const { origin } = request.headers;
      if (caller.kind !== 'org' || origin === undefined) return caller;
      return isAllowedOrigin(origin, caller, request, publicUrl) ? caller : refused(refusal.originNotAllowed());
    },
  };
}

const refused = (why: Refusal): Caller => ({ kind: 'refused', refusal: why });

/**
 * Where an org names no origins, the relay's own page may connect; and to an org without a key, which only this machine
 * can reach, any page of this machine.
 */
function isAllowedOrigin(
  origin: string,
  { org }: Caller & { kind: 'org' },
  request: RequestFacts,
  publicUrl: string | undefined,
): boolean {
  if (org.allowedOrigins) return org.allowedOrigins.includes(origin);
  // Also with a token: who shows more than is asked for may do no less.
  if (org.apiKeys.length === 0 && isFromThisMachine(request)) return true;
  const { headers, isEncrypted } = request;
  const own = publicUrl ?? `${isEncrypted ? 'https' : 'http'}://${headers.host ?? ''}`;
  return origin === own;
}
